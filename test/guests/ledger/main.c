/* Calls in every way that a compiler keeps a stack, for ever, and a few hypercalls; what was called and has not returned is in the ledger. */
#include "console.h"
#include "xen.h"
#define LEDGER
#define machine byte_machine /* xen.c has another */
#include "work.c"
#undef machine

#ifdef PIE
#include <elf.h>
extern const Elf64_Rela relocations_begin[], relocations_end[];
extern const char image_begin[];
__attribute__((no_instrument_function)) void relocate(void)
{
    for (const Elf64_Rela *r = relocations_begin; r < relocations_end; r++)
        *(u64 *)(image_begin + r->r_offset) = (u64)image_begin + r->r_addend;
}
#else
__attribute__((no_instrument_function)) void relocate(void) {}
#endif

#ifdef ANOTHER_BUILD
/* Everything behind it lies elsewhere. */
__attribute__((section(".text.changed"))) NOINLINE u64 changed(u64 seed) { return busy_leaf(seed) + leaf(seed, 77) * 3; }
#else
__attribute__((section(".text.changed"))) NOINLINE u64 changed(u64 seed) { return leaf(seed, 78); }
#endif

NOINLINE u64 ask_xen(u64 seed)
{
    give_way();
    return now_ns(0) ^ seed;
}

_Noreturn void open_ledger(start_info_t *info)
{
    xen_start(info);
    console_write("ledger: open\n");
    for (u64 seed = 1;; seed++)
        sink += everything(seed) + changed(seed) + (seed % 16 == 0 ? ask_xen(seed) : 0);
}
