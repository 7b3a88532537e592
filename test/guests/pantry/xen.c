/* Hypercalls, the clock, and the end: the same for every kind of guest. */
#include "xen.h"
#include "console.h"
#include "machine.h"
#include <xen/event_channel.h>
#include <xen/sched.h>

struct machine machine;
static shared_info_t *const shared = (shared_info_t *)shared_info_page;

static noinline long sched_op(int command, void *argument)
{
    return hypercall(__HYPERVISOR_sched_op, command, (long)argument, 0);
}

static inline uint64_t read_timestamp_counter(void)
{
    uint32_t low, high;
    asm volatile("lfence; rdtsc" : "=a"(low), "=d"(high)::"memory");
    return (uint64_t)high << 32 | low;
}

uint64_t now_ns(int vcpu)
{
    volatile vcpu_time_info_t *time = &shared->vcpu_info[vcpu].time;
    uint32_t version;
    uint64_t ns;
    do {
        version = time->version;
        uint64_t ticks = read_timestamp_counter() - time->tsc_timestamp;
        ticks = time->tsc_shift < 0 ? ticks >> -time->tsc_shift : ticks << time->tsc_shift;
        ns = time->system_time + (uint64_t)((unsigned __int128)ticks * time->tsc_to_system_mul >> 32);
    } while (version % 2 != 0 || version != time->version);
    return ns;
}

/* Polling no event at all, with a timeout, needs no interrupt handler. */
noinline void sleep_ns(int vcpu, uint64_t ns)
{
    struct sched_poll nothing = { .nr_ports = 0, .timeout = now_ns(vcpu) + ns };
    sched_op(SCHEDOP_poll, &nothing);
}

void give_way(void)
{
    sched_op(SCHEDOP_yield, NULL);
}

void wake_console(void)
{
    struct evtchn_send event = { .port = machine.console_port };
    hypercall(__HYPERVISOR_event_channel_op, EVTCHNOP_send, (long)&event, 0);
}

uint64_t command_line_number(const char *name)
{
    for (const char *word = machine.command_line; *word; word++) {
        const char *w = word, *n = name;
        while (*n && *w == *n)
            w++, n++;
        if (*n || *w++ != '=')
            continue;
        uint64_t number = 0;
        while (*w >= '0' && *w <= '9')
            number = number * 10 + (*w++ - '0');
        return number;
    }
    return 0;
}

_Noreturn void shut_down(unsigned reason)
{
    struct sched_shutdown shutdown = { .reason = reason };
    for (;;)
        sched_op(SCHEDOP_shutdown, &shutdown);
}

/* gcc may call these for struct copies and initialisers. */
void *memset(void *to, int value, size_t size)
{
    for (size_t i = 0; i < size; i++)
        ((uint8_t *)to)[i] = value;
    return to;
}

void *memcpy(void *to, const void *from, size_t size)
{
    for (size_t i = 0; i < size; i++)
        ((uint8_t *)to)[i] = ((const uint8_t *)from)[i];
    return to;
}
