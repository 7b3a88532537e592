/*
 * Assembly as it is found in small kernels: labels without a type or a size, some of them in the middle of what is called, and no call frame information
 * at all. One register holds an address that looks like a return address wherever it is pushed.
 */
typedef unsigned long u64;
#define NOINLINE __attribute__((noinline, noclone))
volatile u64 sink;
u64 raw_sum(u64 n), raw_outer(u64 n), raw_by_pointer(u64 n), raw_framed(u64 n);

NOINLINE u64 leaf(u64 a) { return a * 31 ^ a >> 5; }
NOINLINE u64 deeper(u64 n) { volatile u64 keep = n; return n == 0 ? leaf(3) : deeper(n - 1) + keep; }

__asm__(".text\n"
    ".globl raw_sum\nraw_sum:\n push %rbx\n push %r12\n sub $8, %rsp\n lea decoy(%rip), %r12\n mov %rdi, %rbx\n xor %eax, %eax\n"
    ".globl raw_loop\nraw_loop:\n add %rbx, %rax\n push %r12\n nop\n pop %rcx\n dec %rbx\n jnz raw_loop\n"
    " mov %rax, %rdi\n call leaf\n"
    ".globl raw_tail\nraw_tail:\n add $8, %rsp\n pop %r12\n pop %rbx\n ret\n"
    ".globl raw_outer\nraw_outer:\n push %r12\n lea decoy(%rip), %r12\n call raw_sum\n"
    ".globl decoy\ndecoy:\n mov %rax, %rdi\n and $7, %rdi\n call deeper\n pop %r12\n ret\n"
    ".globl raw_by_pointer\nraw_by_pointer:\n push %rbp\n lea leaf(%rip), %rax\n call *%rax\n pop %rbp\n ret\n"
    ".globl raw_framed\nraw_framed:\n push %rbp\n mov %rsp, %rbp\n sub $32, %rsp\n mov %rdi, -8(%rbp)\n call leaf\n"
    ".globl raw_framed_half\nraw_framed_half:\n add -8(%rbp), %rax\n leave\n ret\n");

typedef u64 (*unary)(u64);
static unary volatile table[] = { raw_sum, raw_outer, raw_by_pointer, raw_framed };

NOINLINE u64 everything(u64 seed)
{
    u64 s = raw_sum(seed % 5 + 1) + raw_outer(seed % 3 + 1) + raw_by_pointer(seed) + raw_framed(seed);
    for (int i = 0; i < 4; i++) s += table[i](s % 4 + 1);
    return s + deeper(3);
}
NOINLINE __attribute__((noreturn)) void finish(u64 status)
{
    for (;;) __asm__ volatile("syscall" : : "a"(60ul), "D"(status) : "rcx", "r11", "memory");
}
NOINLINE __attribute__((noreturn)) void run(void) { sink += everything(1); sink += everything(sink); finish(0); }
__asm__(".globl _start\n.type _start, @function\n_start:\n xor %ebp, %ebp\n call run\n hlt\n.size _start, .-_start\n");
