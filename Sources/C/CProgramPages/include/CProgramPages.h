#ifndef FORTNIGHT_PROGRAM_PAGES_H
#define FORTNIGHT_PROGRAM_PAGES_H

/// Releases the memory of the read-only pages of the program and its libraries. From any thread, at any time: when a
/// page is used again, the kernel maps it from its cache, which takes about a microsecond.
void fortnight_release_program_pages(void);

#endif
