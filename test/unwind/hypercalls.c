/*
 * A hypercall page, run for real: empty in the file, filled when the program starts with the very bytes Xen writes for PV guests (or, compiled with -DHVM,
 * for PVH and HVM guests), and called as guests call it. The stubs' `syscall` enters Linux instead of Xen, which answers with an error or does nothing that
 * matters; `vmcall` is not for user space, so a nop of its length stands there.
 */
typedef unsigned char u8;
typedef unsigned long u64;
#define NOINLINE __attribute__((noinline, noclone))

extern u8 hypercall_page[4096];
__asm__(".text\n.balign 4096\n.globl hypercall_page\n.type hypercall_page, @object\nhypercall_page:\n.skip 4096\n.size hypercall_page, 4096\n"
        ".pushsection .note.Xen, \"a\", @note\n.balign 4\n.long 4, 8, 2\n.asciz \"Xen\"\n.quad hypercall_page\n.popsection\n");

static long system_call(long n, long a, long b, long c)
{
    __asm__ volatile("syscall" : "+a"(n) : "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
    return n;
}

static void put(u8 *to, const char *bytes, int count) { while (count--) *to++ = (u8)*bytes++; }
NOINLINE void fill_page(void)
{
    if (system_call(10, (long)hypercall_page, 4096, 7)) system_call(60, 3, 0, 0);
    for (int i = 0; i < 4096; i++) hypercall_page[i] = 0xcc;
    for (int i = 0; i < 128; i++) {
        u8 *stub = hypercall_page + i * 32;
#ifdef HVM
        put(stub, "\xb8\0\0\0\0\x0f\x1f\0\xc3", 9);
        stub[1] = (u8)i;
#else
        if (i == 23) {
            /* iret; what Xen does at the syscall is done by instructions after it: pop rax, r11, rcx, flags, then iretq */
            put(stub, "\x51\x41\x53\x50\xb8\x17\0\0\0\x0f\x05\x58\x41\x5b\x59\x48\x83\xc4\x08\x48\xcf", 21);
            continue;
        }
        put(stub, "\x51\x41\x53\xb8\0\0\0\0\x0f\x05\x41\x5b\x59\xc3", 14);
        stub[4] = (u8)i;
#endif
    }
}

static inline long hypercall(unsigned number, long a, long b)
{
    long result;
    register u64 rsp __asm__("rsp");
    __asm__ volatile("call *%[stub]" : "=a"(result), "+D"(a), "+S"(b), "+r"(rsp)
                     : [stub] "r"(hypercall_page + number * 32) : "memory", "rcx", "rdx", "r8", "r9", "r10", "r11");
    return result;
}
NOINLINE long vcpu_op(long a, long b) { return hypercall(24, a, b); }
NOINLINE long event_channel_op(long a, long b) { long keep[9]; keep[a & 7] = b; return hypercall(32, -1, b) + keep[1]; }
/* As Mini-OS and Unikraft do: a direct call, from a function without a frame. */
long sched_op(long a, long b);
__asm__(".text\n.globl sched_op\n.type sched_op, @function\nsched_op:\n.cfi_startproc\n call hypercall_page + 29 * 32\n ret\n.cfi_endproc\n.size sched_op, .-sched_op\n");

/* An event comes upon a function, and the handler returns from it with the iret hypercall. */
u64 interrupted(u64 a);
#ifdef HVM
u64 interrupted(u64 a) { return a; }
#else
__asm__(".text\n.globl interrupted\n.type interrupted, @function\ninterrupted:\n.cfi_startproc\n push %rbp\n .cfi_adjust_cfa_offset 8\n .cfi_rel_offset rbp, 0\n"
        " mov %rdi, %rax\n xor %ebp, %ebp\n xor %edi, %edi\n xor %esi, %esi\n xor %edx, %edx\n lea -1(%rdi), %edi\n"
        " mov %rsp, %rcx\n lea resume_here(%rip), %r11\n cmp $12345, %rax\n je resume_here\n"
        " .cfi_remember_state\n mov %ss, %r8d\n push %r8\n .cfi_adjust_cfa_offset 8\n push %rcx\n .cfi_adjust_cfa_offset 8\n pushfq\n .cfi_adjust_cfa_offset 8\n"
        " mov %cs, %r8d\n push %r8\n .cfi_adjust_cfa_offset 8\n push %r11\n .cfi_adjust_cfa_offset 8\n push $0\n .cfi_adjust_cfa_offset 8\n"
        " jmp hypercall_page + 23 * 32\n .cfi_restore_state\n.globl resume_here\nresume_here:\n nop\n pop %rbp\n .cfi_adjust_cfa_offset -8\n ret\n"
        ".cfi_endproc\n.size interrupted, .-interrupted\n");
#endif

NOINLINE u64 idle(u64 rounds)
{
    u64 sum = 0;
    for (u64 i = 0; i < rounds; i++) {
        sum += (u64)vcpu_op(-1, (long)i) + (u64)sched_op(-1, -1) + interrupted(i);
        sum += (u64)event_channel_op(3, (long)sum);
    }
    return sum;
}
NOINLINE __attribute__((noreturn)) void run(void)
{
    fill_page();
    idle(4);
    for (;;) system_call(60, 0, 0, 0);
}
__asm__(".text\n.globl _start\n.type _start, @function\n_start:\n.cfi_startproc\n.cfi_undefined rip\n xor %ebp, %ebp\n call run\n hlt\n.cfi_endproc\n.size _start, .-_start\n");
