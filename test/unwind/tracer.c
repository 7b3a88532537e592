/*
 * Runs a program one instruction at a time and keeps the truth beside it: a shadow of its call stack, from the calls and returns it makes.
 *
 *     tracer OUT VISITS RANDOM PROGRAM [switches | interrupts ADDRESS]
 *
 * OUT gets a record for the first VISITS times each instruction is about to run, and for one in RANDOM of the others. A record is a photograph as
 * the agent sends it (u32 length, time, vCPU, state, flags, pause, 17 registers, stack base, stack), then u32 count and count x u64: the return addresses,
 * innermost first. `switches`: the program switches between stacks, so that calls end by their returns alone, and all stacks that are in use are
 * photographed, however they lie. `interrupts`: now and then the program is interrupted as a processor does it, and goes on at ADDRESS
 * (hexadecimal) with the five words of an exception on its stack. Ends with the program; its exit status is the program's.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#define DEPTH 4096
#define STACK_BYTES (768 * 1024)
#define SEEN (1 << 20)
/* Beyond the outermost return address: what lies above a stack is photographed too. */
#define ABOVE 128
/* Below the last return address of a stack that is left for a time: what was saved there before. */
#define BELOW 128

struct call { uint64_t slot, address; };
static struct call shadow[DEPTH];
static int depth, switches, interrupted;
static uint64_t handler;
static uint64_t top;
static struct { uint64_t pc; uint32_t count; } seen[SEEN];
static uint8_t stack[STACK_BYTES];
static FILE *out;
static uint32_t random_state = 12345;

static void die(const char *what) { fprintf(stderr, "tracer: %s: %s\n", what, strerror(errno)); exit(125); }

static size_t copy(pid_t pid, uint64_t from, void *to, size_t bytes)
{
    struct iovec local = { to, bytes }, remote = { (void *)from, bytes };
    ssize_t n = process_vm_readv(pid, &local, 1, &remote, 1, 0);
    return n < 0 ? 0 : (size_t)n;
}

static uint32_t visits_of(uint64_t pc)
{
    uint32_t at = (uint32_t)(pc * 0x9e3779b97f4a7c15ull >> 44);
    while (seen[at].pc && seen[at].pc != pc) at = (at + 1) % SEEN;
    seen[at].pc = pc;
    return seen[at].count++;
}

/* E8, or FF /2 after any prefixes. */
static int is_call(const uint8_t *code)
{
    int i = 0;
    while (i < 4 && (code[i] == 0x3e || code[i] == 0x66 || code[i] == 0xf2 || (code[i] >= 0x40 && code[i] <= 0x4f) || code[i] == 0x67)) i++;
    return code[i] == 0xe8 || (code[i] == 0xff && ((code[i + 1] >> 3) & 7) == 2);
}

static void put(const void *data, size_t bytes) { if (fwrite(data, 1, bytes, out) != bytes) die("write"); }

static void photograph(pid_t pid, const struct user_regs_struct *r, uint64_t step)
{
    uint64_t highest = top, lowest = r->rsp;
    for (int i = 0; i < depth; i++) {
        if (shadow[i].slot + 8 > highest) highest = shadow[i].slot + 8;
        if (switches && shadow[i].slot - BELOW < lowest) lowest = shadow[i].slot - BELOW;
    }
    uint64_t bytes = highest + ABOVE > lowest ? highest + ABOVE - lowest : 0;
    if (bytes > STACK_BYTES) bytes = STACK_BYTES;
    bytes = copy(pid, lowest, stack, bytes);
    uint64_t registers[17] = { r->rax, r->rdx, r->rcx, r->rbx, r->rsi, r->rdi, r->rbp, r->rsp,
        r->r8, r->r9, r->r10, r->r11, r->r12, r->r13, r->r14, r->r15, r->rip };
    uint8_t head[16] = { 0 };
    memcpy(head, &step, 8);
    uint32_t length = sizeof head + sizeof registers + 8 + bytes;
    put(&length, 4);
    put(head, sizeof head);
    put(registers, sizeof registers);
    put(&lowest, 8);
    put(stack, bytes);
    uint32_t count = depth;
    put(&count, 4);
    for (int i = depth - 1; i >= 0; i--) put(&shadow[i].address, 8);
}

static void push(uint64_t slot, uint64_t address)
{
    if (depth == DEPTH) { errno = ENOMEM; die("calls too deep"); }
    shadow[depth++] = (struct call){ slot, address };
}

int main(int argc, char **argv)
{
    switches = argc == 6 && strcmp(argv[5], "switches") == 0;
    handler = argc == 7 && strcmp(argv[5], "interrupts") == 0 ? strtoull(argv[6], NULL, 16) : 0;
    if (argc != 5 && !switches && !handler) return fprintf(stderr, "usage: tracer OUT VISITS RANDOM PROGRAM [switches | interrupts ADDRESS]\n"), 125;
    uint32_t most = atoi(argv[2]), every = atoi(argv[3]);
    if (!(out = fopen(argv[1], "wb"))) die(argv[1]);
    pid_t pid = fork();
    if (pid == 0) {
        ptrace(PTRACE_TRACEME, 0, 0, 0);
        execl(argv[4], argv[4], (char *)NULL);
        die(argv[4]);
    }
    int status, deliver = 0;
    if (waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status)) die("the program did not start");
    ptrace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_EXITKILL);
    struct user_regs_struct r;
    for (uint64_t step = 0;; step++) {
        if (ptrace(PTRACE_GETREGS, pid, 0, &r)) die("registers");
        if (step == 0) top = r.rsp;
        while (!switches && depth > 0 && shadow[depth - 1].slot < r.rsp) depth--;
        random_state = random_state * 1664525 + 1013904223;
        if (depth < interrupted) interrupted = 0;
        if (handler && !interrupted && depth > 1 && random_state / 65536 % 23 == 0) {
            uint64_t frame[5] = { r.rip, r.cs, r.eflags, r.rsp, r.ss };
            r.rsp = ((r.rsp - 128) & ~15ul) - sizeof frame;
            struct iovec local = { frame, sizeof frame }, remote = { (void *)r.rsp, sizeof frame };
            if (process_vm_writev(pid, &local, 1, &remote, 1, 0) != sizeof frame) die("interrupt");
            push(r.rsp, r.rip);
            interrupted = depth;
            r.rip = handler;
            r.orig_rax = -1;
            if (ptrace(PTRACE_SETREGS, pid, 0, &r)) die("interrupt");
        }
        if (visits_of(r.rip) < most || (every && random_state / 65536 % every == 0)) photograph(pid, &r, step);
        uint8_t code[16] = { 0 };
        copy(pid, r.rip, code, sizeof code);
        int calls = !deliver && is_call(code);
        int delivered = deliver;
        if (switches && (code[0] == 0xc3 || code[0] == 0xc2) && depth > 0 && shadow[depth - 1].slot == r.rsp) depth--;
        uint64_t before = r.rip;
        if (ptrace(PTRACE_SINGLESTEP, pid, 0, delivered)) die("step");
        deliver = 0;
        if (waitpid(pid, &status, 0) != pid) die("wait");
        if (WIFEXITED(status)) return fclose(out) ? 125 : WEXITSTATUS(status);
        if (WIFSIGNALED(status)) return fprintf(stderr, "tracer: the program died of signal %d\n", WTERMSIG(status)), 125;
        if (WSTOPSIG(status) != SIGTRAP) { deliver = WSTOPSIG(status); if (!calls) continue; }
        if (ptrace(PTRACE_GETREGS, pid, 0, &r)) die("registers");
        uint64_t address;
        if (calls && copy(pid, r.rsp, &address, 8) == 8) push(r.rsp, address);
        if (delivered && r.rip != before && copy(pid, r.rsp, &address, 8) == 8) {
            /* The kernel has put a signal frame on the stack and the address of the trampoline below it. */
            push(r.rsp + 8, before);
            push(r.rsp, address);
        }
    }
}
