/*
 * Stacks that are switched as OCaml 5's runtime switches them (runtime/amd64.S, caml_start_program, caml_c_call, caml_runstack): code runs on fibers of
 * their own, C functions run on the stack the program came with, and call frame information leads from one to the other by expressions that read the
 * other's stack pointer out of memory. The fibers lie above that stack here, so that unwinding goes up and down.
 */
typedef unsigned long u64;
#define NOINLINE __attribute__((noinline, noclone))
struct fiber { u64 sp; struct fiber *parent; };

volatile u64 sink;
struct fiber *current;
void *c_stack;

u64 start_program(u64 (*code)(u64), struct fiber *fiber, u64 argument);
u64 c_call(u64 (*function)(u64), u64 argument);
u64 runstack(struct fiber *fiber, u64 (*code)(u64), u64 argument);

#define SAVE(register, offset) " push %" register "\n .cfi_adjust_cfa_offset 8\n .cfi_offset " register ", " offset "\n"
#define RESTORE(register) " pop %" register "\n .cfi_adjust_cfa_offset -8\n .cfi_same_value " register "\n"
/* DW_CFA_def_cfa_expression; DW_OP_breg7, DW_OP_deref, DW_OP_plus_uconst */
#define CFA_EXPRESSION " .cfi_escape 0x0f, "
#define RSP "0x77, "
#define DEREF "0x06, "
#define PLUS "0x23, "
#define FUNCTION(name) ".text\n.globl " name "\n.type " name ", @function\n" name ":\n .cfi_startproc\n"
#define END(name) " .cfi_endproc\n.size " name ", .-" name "\n"

__asm__(FUNCTION("start_program")
    SAVE("rbx", "-16") SAVE("rbp", "-24") SAVE("r12", "-32") SAVE("r13", "-40") SAVE("r14", "-48") SAVE("r15", "-56")
    /* a link {the fiber's stack pointer, the fiber, the link before} below what C has called so far */
    " sub $24, %rsp\n .cfi_adjust_cfa_offset 24\n"
    " mov c_stack(%rip), %rax\n mov %rax, 16(%rsp)\n mov %rsp, c_stack(%rip)\n mov %rsi, 8(%rsp)\n"
    " mov (%rsi), %r10\n sub $16, %r10\n mov %rsp, (%r10)\n" /* for CFI alone */
    " sub $16, %r10\n movq $0, (%r10)\n movq $0, 8(%r10)\n" /* an exception handler */
    " mov %rdi, %rax\n mov %rdx, %rdi\n mov %r10, %rsp\n"
    " .cfi_remember_state\n" CFA_EXPRESSION "5, " RSP "16, " DEREF PLUS "80\n"
    " call *%rax\n"
    " mov 16(%rsp), %rsp\n .cfi_restore_state\n"
    " mov 16(%rsp), %rdx\n mov %rdx, c_stack(%rip)\n"
    " add $24, %rsp\n .cfi_adjust_cfa_offset -24\n"
    RESTORE("r15") RESTORE("r14") RESTORE("r13") RESTORE("r12") RESTORE("rbp") RESTORE("rbx")
    " ret\n" END("start_program"));

__asm__(FUNCTION("c_call")
    " mov current(%rip), %r10\n mov %rsp, (%r10)\n mov c_stack(%rip), %r11\n mov %rsp, (%r11)\n mov %r10, 8(%r11)\n"
    " mov %rdi, %rax\n mov %rsi, %rdi\n mov %r11, %rsp\n"
    " .cfi_remember_state\n" CFA_EXPRESSION "5, " RSP "0, " DEREF PLUS "8\n"
    " call *%rax\n"
    " mov (%rsp), %rsp\n .cfi_restore_state\n"
    " ret\n" END("c_call"));

__asm__(FUNCTION("runstack")
    " mov current(%rip), %r10\n mov %rsp, (%r10)\n mov %r10, 8(%rdi)\n mov %rdi, current(%rip)\n"
    " mov (%rdi), %r11\n sub $32, %r11\n mov %r10, 16(%r11)\n mov %rsi, %rax\n mov %rdx, %rdi\n mov %r11, %rsp\n"
    " .cfi_remember_state\n" CFA_EXPRESSION "8, " RSP "16, " DEREF PLUS "0, " DEREF PLUS "8\n"
    " call *%rax\n"
    " mov 16(%rsp), %r10\n mov %r10, current(%rip)\n mov (%r10), %rsp\n .cfi_restore_state\n"
    " ret\n" END("runstack"));

NOINLINE u64 leaf(u64 a) { return a * 31 ^ a >> 5; }
NOINLINE u64 deeper(u64 n) { volatile u64 keep = n; return n == 0 ? leaf(3) : deeper(n - 1) + keep; }
NOINLINE u64 called_back(u64 a) { return deeper(a % 3) + 1; }
NOINLINE u64 c_function(u64 a) { u64 b = deeper(a % 5); return b + leaf(b); }
NOINLINE u64 c_that_calls_back(u64 a) { u64 b = leaf(a), c = start_program(called_back, current, b); return c + leaf(c); }
NOINLINE u64 ocaml_child(u64 a) { u64 b = deeper(2), c = c_call(c_function, b); return a + leaf(c); }
static struct fiber *spare;
NOINLINE u64 ocaml_main(u64 a)
{
    u64 b = leaf(a), top = spare->sp;
    b += c_call(c_function, b);
    b += c_call(c_that_calls_back, b);
    b += runstack(spare, ocaml_child, b);
    spare->sp = top;
    return b + deeper(3);
}

NOINLINE void run(void)
{
    _Alignas(16) char stacks[2][6000];
    struct fiber fibers[2] = { { (u64)(stacks[0] + 6000), 0 }, { (u64)(stacks[1] + 6000), 0 } };
    current = &fibers[0];
    spare = &fibers[1];
    for (int i = 0; i < 3; i++) sink += start_program(ocaml_main, current, i);
}
NOINLINE __attribute__((noreturn)) void finish(u64 status)
{
    for (;;) __asm__ volatile("syscall" : : "a"(60ul), "D"(status) : "rcx", "r11", "memory");
}
NOINLINE void touch_stack(void) { volatile char all[60000]; for (u64 i = 0; i < sizeof all; i += 1000) all[i] = 1; }
NOINLINE __attribute__((noreturn)) void start(void) { touch_stack(); run(); finish(0); }
__asm__(".text\n.globl _start\n.type _start, @function\n_start:\n.cfi_startproc\n.cfi_undefined rip\n xor %ebp, %ebp\n call start\n hlt\n"
        ".cfi_endproc\n.size _start, .-_start\n");
