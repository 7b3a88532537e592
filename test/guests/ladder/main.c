/*
 * Work at a known depth of the stack, counted by the guest itself: `depth=N` frames on the command line; with `idle=1` it only sleeps.
 * Four times a second it prints `ladder: ns T work N`, both since it started.
 */
#include "../pantry/bits.h"
#include "../pantry/xen.h"

static volatile uint64_t kept;

static noinline void work(void)
{
    uint64_t x = kept;
    for (int i = 0; i < 500; i++)
        x = mix(x + i);
    kept = x;
}

/* On the lowest rung all the work is done, for as long as the guest lives: the depth never changes. */
static noinline uint64_t climb(uint64_t rungs)
{
    if (rungs > 0)
        return climb(rungs - 1) + kept;
    const bool idle = command_line_number("idle");
    const uint64_t start_ns = now_ns(0);
    uint64_t done = 0, report_ns = start_ns, now = start_ns;
    while (now < UINT64_MAX) {
        if (idle)
            sleep_ns(0, 200000000);
        else
            for (int i = 0; i < 8; i++, done++)
                work();
        now = now_ns(0);
        if (now < report_ns)
            continue;
        report_ns += 250000000;
        console_write("ladder: ns ");
        console_write_number(now - start_ns);
        console_write(" work ");
        console_write_number(done);
        console_write("\n");
    }
    return done;
}

_Noreturn void open_pantry(void *info)
{
    xen_start(info);
    uint64_t depth = command_line_number("depth");
    /* _start, open_pantry, climb, work */
    kept = climb(depth > 4 ? depth - 4 : 0);
    shut_down(0);
}

_Noreturn void keep_house(void)
{
    shut_down(0);
}
