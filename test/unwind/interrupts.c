/*
 * Exceptions as small kernels take them: bare labels without call frame information, that save registers, call a handler in C, and return by iretq. The
 * tracer interrupts the rest of the program wherever it is.
 */
#define LEDGER /* without its beginning and its assembly */
#include "work.c"

NOINLINE u64 handled(u64 *registers) { return deep(3) + leaf(registers[0], registers[1]); }

__asm__(".text\n"
    ".globl exception_entry\nexception_entry:\n"
    " push %rax\n push %rcx\n push %rdx\n push %rsi\n push %rdi\n push %r8\n push %r9\n push %r10\n push %r11\n push %rbx\n push %rbp\n"
    " cld\n mov %rsp, %rdi\n mov %rsp, %rbp\n and $-16, %rsp\n call handled\n"
    ".globl exception_exit\nexception_exit:\n mov %rbp, %rsp\n"
    " pop %rbp\n pop %rbx\n pop %r11\n pop %r10\n pop %r9\n pop %r8\n pop %rdi\n pop %rsi\n pop %rdx\n pop %rcx\n pop %rax\n iretq\n"
    ".globl after_exceptions\nafter_exceptions:\n nop\n");

NOINLINE __attribute__((noreturn)) void finish(u64 status)
{
    for (;;) __asm__ volatile("syscall" : : "a"(60ul), "D"(status) : "rcx", "r11", "memory");
}
NOINLINE void touch_stack(void) { volatile char all[60000]; for (u64 i = 0; i < sizeof all; i += 1000) all[i] = 1; }
NOINLINE __attribute__((noreturn)) void run(void) { touch_stack(); sink += everything(1); finish(0); }
__asm__(".globl _start\n.type _start, @function\n_start:\n.cfi_startproc\n.cfi_undefined rip\n xor %ebp, %ebp\n call run\n hlt\n.cfi_endproc\n.size _start, .-_start\n");
