/* A PVH or HVM guest: its page tables are its own, of guest frames. `pages=4` (KiB), 2 (MiB, as it starts) or 1 (GiB) on the command line chooses their size. */
#include "console.h"
#include "machine.h"
#include <xen/arch-x86/hvm/start_info.h>
#include <xen/hvm/hvm_op.h>
#include <xen/hvm/hvm_vcpu.h>
#include <xen/hvm/params.h>
#include <xen/memory.h>
#include <xen/vcpu.h>

#define PAGE_WORDS 512
#define PRESENT_WRITABLE 3
#define LARGE 0x80
#define GIBIBYTE (1ul << 30)

void second_vcpu_entry(void);
extern char second_processor[], second_processor_end[];
extern uint64_t first_tables[];

static inline void cpuid(uint32_t leaf, uint32_t out[4])
{
    asm volatile("cpuid" : "=a"(out[0]), "=b"(out[1]), "=c"(out[2]), "=d"(out[3]) : "a"(leaf), "c"(0));
}

/* Xen's leaves are where no other hypervisor's are (xen/include/public/arch-x86/cpuid.h). */
static uint32_t xen_leaf(void)
{
    uint32_t found[4];
    for (uint32_t leaf = 0x40000000; leaf < 0x40010000; leaf += 0x100) {
        cpuid(leaf, found);
        if (found[1] == 0x566e6558 && found[2] == 0x65584d4d && found[3] == 0x4d4d566e)
            return leaf;
    }
    return 0;
}

static void fill_hypercall_page(void)
{
    uint32_t found[4];
    cpuid(xen_leaf() + 2, found);
    asm volatile("wrmsr" ::"c"(found[1]), "a"((uint32_t)(uint64_t)hypercall_page), "d"(0) : "memory");
}

static uint64_t parameter(uint32_t index)
{
    struct xen_hvm_param param = { .domid = DOMID_SELF, .index = index };
    hypercall(__HYPERVISOR_hvm_op, HVMOP_get_param, (long)&param, 0);
    return param.value;
}

static void map_shared_info(void)
{
    struct xen_add_to_physmap place = { .domid = DOMID_SELF, .space = XENMAPSPACE_shared_info, .gpfn = (uint64_t)shared_info_page >> 12 };
    hypercall(__HYPERVISOR_memory_op, XENMEM_add_to_physmap, (long)&place, 0);
}

static void use_tables(uint64_t *top)
{
    asm volatile("mov %0, %%cr3" ::"r"(top) : "memory");
}

static void use_4k_pages(void)
{
    static uint64_t level_2[PAGE_WORDS] __attribute__((aligned(4096)));
    static uint64_t level_1[32][PAGE_WORDS] __attribute__((aligned(4096)));
    uint64_t *level_3 = (uint64_t *)(first_tables[0] & ~0xffful);
    for (uint64_t i = 0; i < 32 * PAGE_WORDS; i++)
        level_1[i / PAGE_WORDS][i % PAGE_WORDS] = i << 12 | PRESENT_WRITABLE;
    for (uint64_t i = 0; i < 32; i++)
        level_2[i] = (uint64_t)level_1[i] | PRESENT_WRITABLE;
    level_3[0] = (uint64_t)level_2 | PRESENT_WRITABLE;
    use_tables(first_tables);
}

/* False where the processor has none. */
static bool use_1g_pages(void)
{
    uint32_t found[4];
    cpuid(0x80000001, found);
    if (!(found[3] >> 26 & 1))
        return false;
    uint64_t *level_3 = (uint64_t *)(first_tables[0] & ~0xffful);
    for (uint64_t i = 0; i < 4; i += 3)
        level_3[i] = i * GIBIBYTE | LARGE | PRESENT_WRITABLE;
    use_tables(first_tables);
    return true;
}

void xen_start(void *start_info)
{
    const struct hvm_start_info *info = start_info;
    fill_hypercall_page();
    map_shared_info();
    machine = (struct machine){ .command_line = (const char *)info->cmdline_paddr, .console_port = parameter(HVM_PARAM_CONSOLE_EVTCHN) };
    console_start((struct xencons_interface *)(parameter(HVM_PARAM_CONSOLE_PFN) << 12));
    uint64_t pages = command_line_number("pages");
    if (pages == 4)
        use_4k_pages();
    if (pages == 1 && !use_1g_pages())
        console_write("pantry: this processor has no pages of 1 GiB\n");
}

static noinline long vcpu_op(int command, int vcpu, void *argument)
{
    return hypercall(__HYPERVISOR_vcpu_op, command, vcpu, (long)argument);
}

static uint64_t control_register(int number)
{
    uint64_t value;
    if (number == 0)
        asm volatile("mov %%cr0, %0" : "=r"(value));
    else if (number == 3)
        asm volatile("mov %%cr3, %0" : "=r"(value));
    else
        asm volatile("mov %%cr4, %0" : "=r"(value));
    return value;
}

/* INIT, then STARTUP at a low page (Intel SDM volume 3, 9.4.4), to all processors but this one. */
static void start_by_apic(void)
{
    enum { LOW_PAGE = 0x8000, INIT = 0xc4500, STARTUP = 0xc4600 };
    volatile uint32_t *command = (uint32_t *)0xfee00300;
    __builtin_memcpy((void *)LOW_PAGE, second_processor, second_processor_end - second_processor);
    *command = INIT;
    sleep_ns(0, 10000000);
    *command = STARTUP | LOW_PAGE >> 12;
}

bool start_second_vcpu(void)
{
    static struct vcpu_hvm_context context;
    if (vcpu_op(VCPUOP_is_up, 1, NULL) < 0)
        return false;
    context.mode = VCPU_HVM_MODE_64B;
    context.cpu_regs.x86_64 = (xen_vcpu_hvm_x86_64_t){
        .rip = (uint64_t)second_vcpu_entry,
        .rsp = (uint64_t)second_stack_top,
        .rflags = 2,
        .cr0 = control_register(0),
        .cr3 = control_register(3),
        .cr4 = control_register(4),
        .efer = 0x500, /* long mode, enabled and active */
    };
    enum { EEXIST = 17 };
    long made = vcpu_op(VCPUOP_initialise, 1, &context);
    if (made == 0)
        return vcpu_op(VCPUOP_up, 1, NULL) == 0;
    /* the firmware of an HVM guest has had it running, and left it to wait */
    if (made != -EEXIST)
        return false;
    start_by_apic();
    return true;
}
