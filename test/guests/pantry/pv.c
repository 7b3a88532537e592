/* A paravirtual guest: Xen has made its page tables, of machine frames. */
#include "console.h"
#include "machine.h"
#include <xen/vcpu.h>

#define PAGE_BITS 12
#define PAGE_WORDS 512

void second_vcpu_entry(void);

static start_info_t *info;
static shared_info_t *const shared = (shared_info_t *)shared_info_page;

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

void xen_start(void *start_info)
{
    info = start_info;
    hypercall(__HYPERVISOR_update_va_mapping, (long)shared_info_page, info->shared_info | 7, UVMF_INVLPG);
    publish_memory_map();
    machine = (struct machine){ .command_line = (const char *)info->cmd_line, .console_port = info->console.domU.evtchn };
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
