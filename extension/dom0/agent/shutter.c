/*
 * The hot part of the agent in machine code: photographs of a guest's vCPUs into a ring, until Python is needed. native.py loads it in dom0 from
 * memory and keeps all that it is given: it owns nothing, allocates nothing, and links with nothing. Every structure is of 64-bit words,
 * and native.py has the same words in the same order.
 *
 * Inside a pause: one multicall (pause and registers), one copy a vCPU through a window that is mapped already, one hypercall (unpause).
 */
typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long u64;
typedef long s64;

struct moment { s64 seconds, ns; };
/* privcmd_hypercall of Linux's include/uapi/xen/privcmd.h, and its ioctl */
struct call { u64 number, arguments[5]; };
#define IOCTL_PRIVCMD_HYPERCALL 0x305000ul
/* multicall_entry of xen/include/public/xen.h */
struct step { u64 number; s64 result; u64 arguments[6]; };

/* What a window believes of the guest's page tables: this entry, masked, has this value. */
struct belief { const volatile u64 *entry; u64 mask, value; };
/* Stack from a page upwards, mapped in one piece. Empty where `at` is null. */
struct window { u64 root, page; const u8 *at; u64 bytes; const struct belief *beliefs; u64 belief_count; };

struct vcpu {
    u64 number, planned;
    const u8 *context; /* vcpu_guest_context */
    const u8 *info;    /* xen_domctl_getvcpuinfo */
    const struct step *look, *read;
    u8 *stack;
    u8 *mirror; /* what the client knows of the guest's memory, by the low bits of the address */
    const struct window *window;
    u64 root, bytes, state, trouble;
};
#define MIRROR_BYTES 65536
#define BLOCK_BYTES 64
#define RUN_BYTES 512
#define TROUBLE_NO_WINDOW 1
#define TROUBLE_BELIEF 2

/* schedule.py; the period in 2^-16 ns */
struct schedule { u64 epoch_ns, number, period_16, seed, fair_ns, rested_ns, hold_ns, missed; };
/* pauses.py; sixteen buckets an octave */
struct pauses { u64 count, total_ns, max_ns, buckets[1024]; };

struct session {
    int (*ioctl)(int, u64, void *);
    int (*clock_gettime)(int, struct moment *);
    int (*clock_nanosleep)(int, int, const struct moment *, struct moment *);
    void *(*memcpy)(void *, const void *, u64);
    u64 privcmd, domid, is_pv, stack_bytes, addresses_only;
    struct call look, open, close;
    const struct step *looked; /* the first step of `look`: the domain */
    struct step *opened;       /* the first step of `open`: the pause */
    const u8 *domain;          /* xen_domctl_getdomaininfo */
    volatile u64 *pausing;     /* the watchdog's mark */
    struct vcpu *vcpus;
    u64 vcpu_count;
    const struct window *windows;
    u64 window_mask;
    u8 *ring;
    u64 ring_bytes, ring_used;
    u64 start_ns; /* of the recording */
    struct schedule *schedule;
    struct pauses *pauses;
    u64 samples, lost;
};

enum outcome { WAIT, FULL, LOOK, NO_WINDOW, BELIEF, UNPAUSE_FAILED, SIGNAL };

#define DYING 1u
#define SHUTDOWN 4u
#define PAUSED 8u
#define IN_KERNEL 4u
#define REST_NS 100000000ul
/* Sleep takes longer than this. */
#define SPIN_NS 50000ul
#define STRETCH_NS 2000000ul
#define AT_LIMIT 1
#define AT_HOLE 2
#define ALONE 4
#define BLOCKS 8
#define HEAD_BYTES 164
#define MONOTONIC 1
#define ABSOLUTE 1

static u64 now_ns(struct session *s)
{
    struct moment now;
    s->clock_gettime(MONOTONIC, &now);
    return now.seconds * 1000000000ul + now.ns;
}

static u64 word(const u8 *at)
{
    return *(const u64 *)at;
}

/* splitmix64, as in schedule.py */
static u64 chance(u64 x)
{
    x += 0x9e3779b97f4a7c15ul;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ul;
    x = (x ^ x >> 27) * 0x94d049bb133111ebul;
    return x ^ x >> 31;
}

static u64 due_ns(const struct schedule *schedule)
{
    u64 within = chance(schedule->seed + schedule->number) >> 32;
    unsigned __int128 periods = (unsigned __int128)schedule->number << 32 | within;
    u64 due = schedule->epoch_ns + (u64)(periods * schedule->period_16 >> 48);
    if (due < schedule->rested_ns)
        due = schedule->rested_ns;
    return due < schedule->hold_ns ? schedule->hold_ns : due;
}

static void advance(struct schedule *schedule, u64 began_ns, u64 ended_ns)
{
    schedule->fair_ns = (schedule->fair_ns > began_ns ? schedule->fair_ns : began_ns) + 2 * (ended_ns - began_ns);
    if (schedule->fair_ns > ended_ns + STRETCH_NS)
        schedule->rested_ns = schedule->fair_ns < ended_ns + REST_NS ? schedule->fair_ns : ended_ns + REST_NS;
    schedule->number++;
    u64 reached = schedule->rested_ns > ended_ns ? schedule->rested_ns : ended_ns;
    u64 current = ((reached - schedule->epoch_ns) << 16) / schedule->period_16;
    if (current > schedule->number) {
        schedule->missed += current - schedule->number;
        schedule->number = current;
    }
}

static int hypercall(struct session *s, struct call *call)
{
    return s->ioctl(s->privcmd, IOCTL_PRIVCMD_HYPERCALL, call);
}

/* The domain and its vCPUs, before the pause. False where something is not as Python left it. */
static int look(struct session *s)
{
    if (hypercall(s, &s->look) || s->looked->result)
        return 0;
    u32 flags = *(const u32 *)(s->domain + 4);
    if (*(const unsigned short *)s->domain != s->domid || flags & (DYING | SHUTDOWN | PAUSED))
        return 0;
    for (u64 i = 0; i < s->vcpu_count; i++) {
        struct vcpu *vcpu = &s->vcpus[i];
        int online = !vcpu->look->result && vcpu->info[4];
        if (online != (vcpu->planned != 0))
            return 0;
        vcpu->state = vcpu->info[5] ? 2 : vcpu->info[6] ? 0 : 1;
    }
    return 1;
}

static const struct window *find_window(const struct session *s, u64 root, u64 page)
{
    u64 slot = (page * 0x9e3779b97f4a7c15ul ^ root) >> 12;
    for (;; slot++) {
        const struct window *window = &s->windows[slot & s->window_mask];
        if (!window->at || (window->page == page && window->root == root))
            return window;
    }
}

/* The guest is paused. */
static void copy_stack(struct session *s, struct vcpu *vcpu)
{
    const u8 *context = vcpu->context;
    u64 rsp = word(context + 672), root = word(context + 4984 + 24), user_root = word(context + 4984 + 8);
    if (s->is_pv && user_root && !(word(context + 512) & IN_KERNEL))
        root = user_root;
    vcpu->root = root;
    vcpu->window = find_window(s, root, rsp >> 12);
    vcpu->bytes = 0;
    if (!vcpu->window->at || !vcpu->window->bytes)
        return;
    u64 offset = rsp & 4095, bytes = vcpu->window->bytes - offset;
    vcpu->bytes = bytes < s->stack_bytes ? bytes : s->stack_bytes;
    s->memcpy(vcpu->stack, vcpu->window->at + offset, vcpu->bytes);
}

static int holds(const struct window *window)
{
    for (u64 i = 0; i < window->belief_count; i++)
        if ((*window->beliefs[i].entry & window->beliefs[i].mask) != window->beliefs[i].value)
            return 0;
    return 1;
}

static u8 *put(u8 *to, u64 value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        *to++ = value >> 8 * i;
    return to;
}

typedef long long pair __attribute__((vector_size(16), aligned(1)));

/* Of a few aligned blocks at once: nearly all of a stack is as it was. */
static int same_run(const u8 *a, const u8 *b)
{
    pair differences = { 0, 0 };
    for (int i = 0; i < RUN_BYTES; i += 16)
        differences |= *(const pair *)(a + i) ^ *(const pair *)(b + i);
    return (differences[0] | differences[1]) == 0;
}

static int same(const u8 *a, const u8 *b, u64 bytes)
{
    u64 i = 0;
    for (; i + 8 <= bytes; i += 8)
        if (word(a + i) != word(b + i))
            return 0;
    for (; i < bytes; i++)
        if (a[i] != b[i])
            return 0;
    return 1;
}

/* The stack's blocks that the client does not know yet: a bit for each, then those that are set. */
static u8 *put_stack(struct session *s, struct vcpu *vcpu, u64 base, u8 *to)
{
    u64 bytes = vcpu->bytes, first = base & (BLOCK_BYTES - 1);
    u64 count = bytes ? (first + bytes + BLOCK_BYTES - 1) / BLOCK_BYTES : 0;
    u8 *bits = put(to, bytes, 4);
    to = bits + (count + 7) / 8;
    for (u8 *bit = bits; bit < to; bit++)
        *bit = 0;
    u64 at = 0;
    for (u64 i = 0; i < count; i++) {
        if (((base + at) & (RUN_BYTES - 1)) == 0 && at + RUN_BYTES <= bytes && same_run(vcpu->mirror + ((base + at) & (MIRROR_BYTES - 1)), vcpu->stack + at)) {
            at += RUN_BYTES;
            i += RUN_BYTES / BLOCK_BYTES - 1;
            continue;
        }
        u64 end = (i + 1) * BLOCK_BYTES - first;
        u64 size = (end < bytes ? end : bytes) - at;
        u8 *known = vcpu->mirror + ((base + at) & (MIRROR_BYTES - 1));
        if (!same(known, vcpu->stack + at, size)) {
            bits[i / 8] |= 1 << i % 8;
            s->memcpy(known, vcpu->stack + at, size);
            s->memcpy(to, vcpu->stack + at, size);
            to += size;
        }
        at += size;
    }
    return to;
}

/* record.py has the format. */
static void put_record(struct session *s, struct vcpu *vcpu, u64 time_ns, u64 pause_ns)
{
    /* vcpu_guest_context's registers from offset 520: r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi; rip at 648; rsp at 672 */
    static const u8 order[15] = { 10, 12, 11, 5, 13, 14, 4, 0xff, 9, 8, 7, 6, 3, 2, 1 };
    const u64 *registers = (const u64 *)(vcpu->context + 520);
    u64 rsp = word(vcpu->context + 672);
    u8 *record = s->ring + s->ring_used, *to = record + 4;
    u64 *out;
    *(u64 *)to = time_ns;
    *(unsigned short *)(to + 8) = vcpu->number;
    to[10] = vcpu->state;
    to[11] = s->addresses_only ? ALONE : BLOCKS | (vcpu->bytes < s->stack_bytes ? AT_HOLE : AT_LIMIT);
    *(u32 *)(to + 12) = pause_ns < 0xffffffff ? pause_ns : 0xffffffff;
    out = (u64 *)(to + 16);
    for (int i = 0; i < 15; i++)
        *out++ = order[i] == 0xff ? rsp : registers[order[i]];
    *out++ = registers[0];
    *out++ = word(vcpu->context + 648);
    *out++ = rsp;
    to = (u8 *)out;
    if (!s->addresses_only)
        to = put_stack(s, vcpu, rsp, to);
    *(u32 *)record = to - record - 4;
    s->ring_used += to - record;
    s->samples++;
}

/* Photographs that were taken become records, if the page tables still say what the windows believe. */
static enum outcome develop(struct session *s, u64 time_ns, u64 pause_ns)
{
    enum outcome outcome = WAIT;
    for (u64 i = 0; i < s->vcpu_count; i++) {
        struct vcpu *vcpu = &s->vcpus[i];
        if (!vcpu->planned)
            continue;
        vcpu->trouble = 0;
        if (vcpu->read->result)
            continue;
        if (!s->addresses_only && !vcpu->window->at) {
            vcpu->trouble = TROUBLE_NO_WINDOW;
            outcome = NO_WINDOW;
        } else if (!s->addresses_only && !holds(vcpu->window)) {
            vcpu->trouble = TROUBLE_BELIEF;
            outcome = BELIEF;
        }
    }
    /* All or none: a second try photographs all of them at one moment. */
    if (outcome != WAIT)
        return outcome;
    for (u64 i = 0; i < s->vcpu_count; i++) {
        if (!s->vcpus[i].planned)
            continue;
        if (s->vcpus[i].read->result)
            s->lost++;
        else
            put_record(s, &s->vcpus[i], time_ns, pause_ns);
    }
    return WAIT;
}

static void count_pause(struct pauses *pauses, u64 ns)
{
    int shift = ns < 32 ? 0 : 59 - __builtin_clzl(ns);
    pauses->buckets[shift * 16 + (ns >> shift)]++;
    pauses->count++;
    pauses->total_ns += ns;
    if (ns > pauses->max_ns)
        pauses->max_ns = ns;
}

static enum outcome photograph(struct session *s)
{
    if (!look(s))
        return LOOK;
    u64 before = now_ns(s);
    if (s->addresses_only) {
        if (hypercall(s, &s->open))
            return LOOK;
        return develop(s, before - s->start_ns, 0);
    }
    s->opened->result = -1;
    *s->pausing = before;
    hypercall(s, &s->open);
    int paused = s->opened->result == 0;
    if (paused) {
        for (u64 i = 0; i < s->vcpu_count; i++)
            if (s->vcpus[i].planned)
                copy_stack(s, &s->vcpus[i]);
        if (hypercall(s, &s->close))
            return UNPAUSE_FAILED;
    }
    u64 after = now_ns(s);
    *s->pausing = 0;
    if (!paused)
        return LOOK;
    count_pause(s->pauses, after - before);
    return develop(s, before - s->start_ns, after - before);
}

/* Photographs until the next would be after `until_ns`, or Python is needed. */
__attribute__((visibility("default"))) long ringside_photograph(struct session *s, u64 until_ns)
{
    /* blocks of a stack take no more room than the stack and a bit for each */
    u64 room = s->vcpu_count * (HEAD_BYTES + 8 + s->stack_bytes + s->stack_bytes / 256);
    for (;;) {
        u64 due = due_ns(s->schedule);
        if (due > until_ns)
            return WAIT;
        if (s->ring_bytes - s->ring_used < room)
            return FULL;
        u64 began = now_ns(s);
        while (began < due && due - began < SPIN_NS)
            began = now_ns(s);
        if (began < due) {
            struct moment moment = { due / 1000000000, due % 1000000000 };
            if (s->clock_nanosleep(MONOTONIC, ABSOLUTE, &moment, 0))
                return SIGNAL;
            began = now_ns(s);
        }
        enum outcome outcome = photograph(s);
        if (outcome != WAIT)
            return outcome;
        advance(s->schedule, began, now_ns(s));
    }
}
