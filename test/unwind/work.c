/*
 * Every way a compiler keeps a stack, without a C library: recursion, leaves, tail calls, alloca, large and realigned frames, variable arguments, jump
 * tables, cold paths, calls through pointers, and assembly that calls.
 */
typedef unsigned long u64;
#define NOINLINE __attribute__((__noinline__, __noclone__))

volatile u64 sink;

NOINLINE u64 leaf(u64 a, u64 b) { return a * 31 + (b ^ a >> 3); }
NOINLINE u64 busy_leaf(u64 a)
{
    u64 t[6];
    for (int i = 0; i < 6; i++) t[i] = a * (i + 3) ^ a >> i;
    u64 x = t[0] * t[1] + t[2] % (t[3] | 1), y = t[4] - t[5];
    return x ^ y * t[(x ^ y) % 6];
}
NOINLINE u64 fib(int n) { return n < 2 ? (u64)n : fib(n - 1) + fib(n - 2); }
NOINLINE u64 deep(int n) { volatile u64 keep = n; return n == 0 ? leaf(keep, 1) : deep(n - 1) + keep; }

NOINLINE u64 tail_end(u64 a) { sink += a; return leaf(a, 9) + 1; }
NOINLINE u64 tail_middle(u64 a) { sink ^= a; return tail_end(a + 1); }
NOINLINE u64 tail_start(u64 a) { u64 b = leaf(a, 2); return tail_middle(b); }

NOINLINE void fill(char *p, u64 n) { for (u64 i = 0; i < n; i++) p[i] = (char)(i * 7); }
NOINLINE u64 with_alloca(u64 n)
{
    char *p = __builtin_alloca(n);
    fill(p, n);
    u64 s = 0;
    for (u64 i = 0; i < n; i += 5) s += (u64)p[i] ^ leaf(i, s);
    if (n > 24) { char *q = __builtin_alloca(n / 2); fill(q, n / 2); s += (u64)q[1]; }
    return s;
}
NOINLINE u64 large_frame(u64 seed)
{
    char big[9000];
    fill(big + 4000, 40);
    big[seed % 9000] = 1;
    return leaf((u64)big[4001], busy_leaf(seed));
}
NOINLINE u64 realigned(u64 seed)
{
    _Alignas(64) volatile char block[128];
    block[seed & 127] = (char)seed;
    sink += (u64)&block[0] & 63;
    return leaf(seed, (u64)block[seed & 127]);
}
NOINLINE u64 realigned_alloca(u64 n, u64 a, u64 b, u64 c, u64 d, u64 e, u64 f, u64 g)
{
    _Alignas(32) volatile char block[64];
    char *p = __builtin_alloca(n);
    fill(p, n);
    block[n & 63] = (char)(a + b + c + d + e);
    return leaf(f + (u64)p[n / 2], g + (u64)block[n & 63]);
}

NOINLINE u64 sum_of(int count, ...)
{
    __builtin_va_list list;
    __builtin_va_start(list, count);
    u64 s = 0;
    for (int i = 0; i < count; i++) s += leaf(__builtin_va_arg(list, u64), s);
    __builtin_va_end(list);
    return s;
}

NOINLINE __attribute__((cold)) void complain(u64 code) { sink += code * 3; }
NOINLINE u64 mostly_fine(u64 a, u64 b)
{
    u64 x = leaf(a, b), y = busy_leaf(b);
    if (__builtin_expect(a > b, 0)) { complain(x); complain(y); x += leaf(y, a); }
    return x + y + a;
}
NOINLINE u64 early_out(u64 a)
{
    if (a < 3) return a * 5; /* no frame is needed this way */
    u64 s = 0;
    for (u64 i = 0; i < a; i++) s += leaf(s, busy_leaf(i + a));
    return s;
}

NOINLINE u64 machine(const char *program)
{
    u64 a = 1, b = 2;
    for (;; program++) {
        switch (*program) {
        case 'a': a = leaf(a, b); break;
        case 'b': b = busy_leaf(a); break;
        case 'c': a ^= early_out(b & 7); break;
        case 'd': a += with_alloca(b % 40 + 8); break;
        case 'e': b += fib(4); break;
        case 'f': a = mostly_fine(a & 15, b & 15); break;
        case 'g': b ^= a << 3; break;
        case 'h': a -= sum_of(3, a, b, a ^ b); break;
        case 'i': return a;
        default: a++;
        }
    }
}

typedef u64 (*binary)(u64, u64);
NOINLINE u64 apply(binary f, u64 a, u64 b) { return f(a, b) + f(b, a); }
static binary volatile table[2] = { leaf, mostly_fine };
struct wide { u64 v[9]; };
NOINLINE struct wide make_wide(u64 a) { struct wide w; for (int i = 0; i < 9; i++) w.v[i] = leaf(a, i); return w; }
NOINLINE u64 by_value(struct wide w, u64 k) { return w.v[k % 9] + leaf(w.v[0], w.v[8]); }
NOINLINE u64 many(u64 a, u64 b, u64 c, u64 d, u64 e, u64 f, u64 g, u64 h, u64 i)
{
    u64 s = leaf(a, b), t = leaf(c, d), v = leaf(e, f), w = leaf(g, h);
    for (u64 k = 0; k < 3; k++) { s += leaf(t, k); t ^= leaf(v, s); v += leaf(w, t); w -= leaf(s, v); }
    return s + t + v + w + i;
}

/* A call that the compiler cannot see: naming rsp makes it keep the stack as for a call of its own. */
NOINLINE u64 hidden_call(u64 a)
{
    register u64 rsp __asm__("rsp");
    u64 result;
    __asm__ volatile("call leaf" : "=a"(result), "+D"(a), "+r"(rsp) : "S"(7ul) : "rcx", "rdx", "r8", "r9", "r10", "r11", "memory", "cc");
    return result + 1;
}
#ifdef LEDGER /* which knows nothing of what assembly calls */
#define by_hand(a) (a)
#else
/* Assembly as kernels write it: pushes, a switch of direction, and no frame pointer. */
u64 by_hand(u64 a);
__asm__(".text\n.globl by_hand\n.type by_hand, @function\nby_hand:\n"
        ".cfi_startproc\n push %rbx\n .cfi_adjust_cfa_offset 8\n .cfi_rel_offset rbx, 0\n sub $24, %rsp\n .cfi_adjust_cfa_offset 24\n"
        " mov %rdi, %rbx\n pushfq\n .cfi_adjust_cfa_offset 8\n popq %rax\n .cfi_adjust_cfa_offset -8\n mov $5, %esi\n call leaf\n"
        " add %rbx, %rax\n add $24, %rsp\n .cfi_adjust_cfa_offset -24\n pop %rbx\n .cfi_adjust_cfa_offset -8\n ret\n.cfi_endproc\n.size by_hand, .-by_hand\n");
#endif

NOINLINE u64 everything(u64 seed)
{
    u64 s = leaf(seed, 3) + busy_leaf(seed);
    s += fib(6) + deep(30) + tail_start(s) + with_alloca(20) + with_alloca(60) + large_frame(s) + realigned(s);
    s += realigned_alloca(50, 1, 2, 3, 4, 5, 6, 7) + sum_of(6, 1ul, 2ul, 3ul, 4ul, 5ul, s) + mostly_fine(2, 9) + mostly_fine(9, 2);
    s += early_out(2) + early_out(5) + machine("abcdefghxyzbadi") + apply(table[0], s, 4) + apply(table[1], s & 7, 4);
    s += by_value(make_wide(s), 4) + many(1, 2, 3, 4, 5, 6, 7, 8, s) + hidden_call(s) + by_hand(s);
    return s;
}

#ifndef LEDGER
NOINLINE __attribute__((noreturn)) void finish(u64 status)
{
    for (;;) __asm__ volatile("syscall" : : "a"(60ul), "D"(status) : "rcx", "r11", "memory");
}
/* The kernel maps a stack as it is touched; a photograph needs all of it. */
NOINLINE void touch_stack(void) { volatile char all[60000]; for (u64 i = 0; i < sizeof all; i += 1000) all[i] = 1; }
NOINLINE __attribute__((noreturn)) void run(void)
{
    touch_stack();
    sink += everything(1);
    sink += everything(sink);
    finish(0); /* the call's return address is the next function's */
}
__asm__(".text\n.globl _start\n.type _start, @function\n_start:\n.cfi_startproc\n.cfi_undefined rip\n xor %ebp, %ebp\n call run\n hlt\n"
        ".cfi_endproc\n.size _start, .-_start\n");
#endif
