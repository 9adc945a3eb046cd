#ifndef FORTNIGHT_PROGRAM_PAGES_H
#define FORTNIGHT_PROGRAM_PAGES_H

/// Lets go of the memory into which the program and its libraries are mapped, as far as it is theirs to read only.
/// From any thread, at any time: whoever comes by one of the pages again gets it back from the kernel's cache, which
/// takes about a microsecond.
void fortnight_let_go_of_program_pages(void);

#endif
