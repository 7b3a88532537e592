/* Stacks that lie. A profiler that believes one of them reads what it must not, or never ends. Each lie is told for some milliseconds, in turn. */
#include "../pantry/xen.h"

#define LIE_NS 4000000

static uint64_t cycle[64] __attribute__((aligned(64)));
static char page_end[8192] __attribute__((aligned(4096)));

/* Spins with these two registers, on no stack at all: nothing is pushed, and no event is delivered. */
static noinline void lie(uint64_t stack_pointer, uint64_t frame_pointer)
{
    uint64_t rounds = LIE_NS / 4;
    asm volatile("mov %%rsp, %%r12\n\t"
                 "mov %%rbp, %%r13\n\t"
                 "mov %[stack], %%rsp\n\t"
                 "mov %[frame], %%rbp\n"
                 "1:\n\t"
                 "dec %[rounds]\n\t"
                 "jnz 1b\n\t"
                 "mov %%r12, %%rsp\n\t"
                 "mov %%r13, %%rbp"
                 : [rounds] "+r"(rounds)
                 : [stack] "r"(stack_pointer), [frame] "r"(frame_pointer)
                 : "r12", "r13", "memory", "cc");
}

static noinline void tell_lies(void)
{
    uint64_t here = (uint64_t)cycle;
    lie(here, here);                                       /* a frame that is its own caller */
    lie(here + 128, here + 16);                            /* two that call each other, below the stack */
    lie(0, 0);                                             /* no stack */
    lie(0x7fff00000000, here);                             /* not mapped */
    lie(0x800000000000, 0x800000000000);                   /* no address at all */
    lie(0xdeadbeefdeadbeef, 0xdeadbeefdeadbeef);           /* the same, and crooked */
    lie(here + 3, here + 5);                               /* crooked */
    lie((uint64_t)page_end + 4093, 0xffff800000000000);    /* its first word lies on two pages */
    lie(0xfffffffffffffff8, 0xfffffffffffffff8);           /* the very last word */
    lie(here, 0xfffffffffffffff0);                         /* a caller beyond the end */
}

/* Deeper than any copy of the stack, and never to the end of it. */
static noinline uint64_t endless(uint64_t rungs)
{
    if (rungs > 0)
        return endless(rungs - 1) + cycle[1];
    uint64_t until_ns = now_ns(0) + LIE_NS;
    while (now_ns(0) < until_ns)
        ;
    return until_ns;
}

_Noreturn void open_pantry(void *info)
{
    xen_start(info);
    console_write("hostile: open\n");
    cycle[0] = (uint64_t)cycle; /* [rbp] is the caller's frame, [rbp + 8] the return address */
    cycle[1] = (uint64_t)tell_lies + 8;
    cycle[2] = (uint64_t)&cycle[8];
    cycle[3] = (uint64_t)tell_lies + 8;
    cycle[8] = (uint64_t)&cycle[2];
    cycle[9] = (uint64_t)tell_lies + 8;
    for (;;) {
        tell_lies();
        cycle[10] = endless(1500);
        sleep_ns(0, 1000000);
    }
}

_Noreturn void keep_house(void)
{
    shut_down(0);
}
