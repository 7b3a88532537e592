/*
 * Calls as deep as it is told: deep DEPTH ROUNDS. Each round unwinds the whole stack with the C library's backtrace(), which reads the same call frame
 * information, and the time of one is printed in ns. Traced with DEPTH and no rounds it gives stacks to unwind.
 */
#include <execinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define NOINLINE __attribute__((noinline, noclone))
static int rounds;
static volatile unsigned long sink;
unsigned long first(int depth, unsigned long a), second(int depth, unsigned long a), third(int depth, unsigned long a);

static NOINLINE unsigned long bottom(unsigned long a)
{
    void *frames[256];
    struct timespec from, to;
    clock_gettime(CLOCK_MONOTONIC, &from);
    int found = 0;
    for (int i = 0; i < rounds; i++) found += backtrace(frames, 256);
    clock_gettime(CLOCK_MONOTONIC, &to);
    if (rounds > 1)
        printf("%d %.1f\n", found / rounds, ((to.tv_sec - from.tv_sec) * 1e9 + (to.tv_nsec - from.tv_nsec)) / rounds);
    for (int i = 0; i < 400; i++) sink += a * i;
    return sink;
}
NOINLINE unsigned long first(int depth, unsigned long a) { return depth == 0 ? bottom(a) : second(depth - 1, a * 3) + a; }
NOINLINE unsigned long second(int depth, unsigned long a) { volatile unsigned long keep[9] = { a }; return (depth == 0 ? bottom(a) : third(depth - 1, keep[0])) + keep[0]; }
NOINLINE unsigned long third(int depth, unsigned long a)
{
    unsigned long b = a ^ 7, c = a + 9, d = a << 1;
    unsigned long result = depth == 0 ? bottom(a) : first(depth - 1, a);
    return result + b * c ^ d;
}

int main(int argc, char **argv)
{
    int depth = argc > 1 ? atoi(argv[1]) : DEPTH;
    rounds = argc > 2 ? atoi(argv[2]) : 0;
    if (rounds) { void *one[4]; backtrace(one, 4); } /* loads libgcc */
    return first(depth, 1) == 12345;
}
