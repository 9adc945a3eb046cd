// Without it link.h hides dl_iterate_phdr.
#define _GNU_SOURCE
#include "CProgramPages.h"

#include <link.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

// Only read-only segments, so that nothing is lost: the loader's relocations lie in writable ones.
static int release(struct dl_phdr_info *object, size_t size, void *nothing) {
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    for (int number = 0; number < object->dlpi_phnum; number++) {
        const ElfW(Phdr) *segment = &object->dlpi_phdr[number];
        if (segment->p_type != PT_LOAD || segment->p_flags & PF_W) continue;
        // Only whole pages: the neighbouring segment may share the others.
        const uintptr_t start = object->dlpi_addr + segment->p_vaddr;
        const uintptr_t first = (start + page - 1) / page * page;
        const uintptr_t end = (start + segment->p_filesz) / page * page;
        if (first < end) madvise((void *)first, end - first, MADV_DONTNEED);
    }
    return 0;
}

// The loader unloads nothing while it lists the loaded objects.
void fortnight_release_program_pages(void) { dl_iterate_phdr(release, 0); }
