// Nothing to call: the library is preloaded (see still_clock.c).
