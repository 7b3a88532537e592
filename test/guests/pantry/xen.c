/* Hypercalls, the clock, and vCPUs. */
#include "xen.h"
#include "console.h"
#include <xen/event_channel.h>
#include <xen/sched.h>
#include <xen/vcpu.h>

#define PAGE_BITS 12
#define PAGE_WORDS 512

extern char hypercall_page[], shared_info_page[], second_stack_top[];
void second_vcpu_entry(void);

static start_info_t *info;
static shared_info_t *const shared = (shared_info_t *)shared_info_page;

static inline long hypercall(unsigned number, long first, long second, long third)
{
    long result;
    void *stub = hypercall_page + number * 32;
    /* Naming rsp tells gcc that this asm makes a call, so that the function keeps a frame. */
    register unsigned long stack asm("rsp");
    asm volatile("call *%[stub]"
                 : "=a"(result), "+D"(first), "+S"(second), "+d"(third), "+r"(stack)
                 : [stub] "r"(stub)
                 : "memory", "rcx", "r8", "r9", "r10", "r11");
    return result;
}

static noinline long sched_op(int command, void *argument)
{
    return hypercall(__HYPERVISOR_sched_op, command, (long)argument, 0);
}

static noinline long vcpu_op(int command, int vcpu, void *argument)
{
    return hypercall(__HYPERVISOR_vcpu_op, command, vcpu, (long)argument);
}

/* The machine frame behind an address. Xen's builder lays memory out one to one from address 0. */
static uint64_t machine_frame(const void *address)
{
    return ((uint64_t *)info->mfn_list)[(uint64_t)address >> PAGE_BITS];
}

/* Tells the toolstack which machine frames the guest has: xl dump-core and save ask for it. */
static void publish_memory_map(void)
{
    static uint64_t frames[PAGE_WORDS] __attribute__((aligned(4096)));
    static uint64_t frames_of_frames[PAGE_WORDS] __attribute__((aligned(4096)));

    for (uint64_t i = 0; i * PAGE_WORDS < info->nr_pages; i++)
        frames[i] = machine_frame((uint64_t *)info->mfn_list + i * PAGE_WORDS);
    frames_of_frames[0] = machine_frame(frames);
    shared->arch.pfn_to_mfn_frame_list_list = machine_frame(frames_of_frames);
    shared->arch.max_pfn = info->nr_pages;
}

void xen_start(start_info_t *start_info)
{
    info = start_info;
    hypercall(__HYPERVISOR_update_va_mapping, (long)shared_info_page, info->shared_info | 7, UVMF_INVLPG);
    publish_memory_map();
    uint64_t console_frame = machine_to_phys_mapping[info->console.domU.mfn];
    console_start((struct xencons_interface *)(console_frame << PAGE_BITS));
}

bool start_second_vcpu(void)
{
    static vcpu_guest_context_t context;
    if (vcpu_op(VCPUOP_is_up, 1, NULL) < 0)
        return false;
    context.flags = VGCF_in_kernel;
    context.user_regs.rip = (uint64_t)second_vcpu_entry;
    context.user_regs.rsp = (uint64_t)second_stack_top;
    context.user_regs.cs = FLAT_KERNEL_CS;
    context.user_regs.ss = context.kernel_ss = FLAT_KERNEL_SS;
    context.kernel_sp = (uint64_t)second_stack_top;
    context.ctrlreg[3] = xen_pfn_to_cr3(machine_frame((void *)info->pt_base));
    return vcpu_op(VCPUOP_initialise, 1, &context) == 0 && vcpu_op(VCPUOP_up, 1, NULL) == 0;
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
    struct evtchn_send event = { .port = info->console.domU.evtchn };
    hypercall(__HYPERVISOR_event_channel_op, EVTCHNOP_send, (long)&event, 0);
}

uint64_t command_line_number(const char *name)
{
    for (const char *word = (const char *)info->cmd_line; *word; word++) {
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
