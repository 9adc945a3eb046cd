// Without it link.h keeps dl_iterate_phdr to itself.
#define _GNU_SOURCE
#include "CProgramPages.h"

#include <link.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

// Of segments that nobody may write, so that nothing is lost: what the loader relocated lies in writable ones.
static int let_go(struct dl_phdr_info *object, size_t size, void *nothing) {
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    for (int number = 0; number < object->dlpi_phnum; number++) {
        const ElfW(Phdr) *segment = &object->dlpi_phdr[number];
        if (segment->p_type != PT_LOAD || segment->p_flags & PF_W) continue;
        // Whole pages alone: the segment beside may share the others.
        const uintptr_t start = object->dlpi_addr + segment->p_vaddr;
        const uintptr_t first = (start + page - 1) / page * page;
        const uintptr_t end = (start + segment->p_filesz) / page * page;
        if (first < end) madvise((void *)first, end - first, MADV_DONTNEED);
    }
    return 0;
}

// The loader unloads nothing while it goes through what is loaded.
void fortnight_let_go_of_program_pages(void) { dl_iterate_phdr(let_go, 0); }
