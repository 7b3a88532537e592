/* What a C library adds: its own hand-written assembly, callbacks, longjmp, signal handlers, indirect functions and number printing. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static volatile int handled;
static jmp_buf back;

static __attribute__((noinline)) int in_handler(int n) { return n * 3 + handled; }
static void on_signal(int n) { handled += in_handler(n); }
static void on_signal_info(int n, siginfo_t *info, void *context) { handled += in_handler(n) + (info != NULL) + (context != NULL); }

static __attribute__((noinline)) int compare(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}
static __attribute__((noinline)) void jump_out(int depth)
{
    if (depth == 0) longjmp(back, 7);
    jump_out(depth - 1);
    handled++;
}
static __attribute__((noinline)) int format(char *to, size_t bytes, const char *how, ...)
{
    va_list list;
    va_start(list, how);
    int n = vsnprintf(to, bytes, how, list);
    va_end(list);
    return n;
}
static __attribute__((noinline)) int wait_for_signal(int n)
{
    volatile int x = n;
    raise(SIGUSR1);
    return x + handled;
}

int main(void)
{
    signal(SIGUSR1, on_signal);
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = on_signal_info;
    action.sa_flags = SA_SIGINFO;
    sigaction(SIGUSR2, &action, NULL);
    int values[24];
    for (int i = 0; i < 24; i++) values[i] = i * 7919 % 31;
    qsort(values, 24, sizeof values[0], compare);
    char text[400], copy[400];
    format(text, sizeof text, "%d %s %f %lx %5.2e\n", values[3], "words", 3.14159 * values[5], 0xfeedfaceL, 2.5e-7);
    strcpy(copy, text);
    if (setjmp(back) == 0) jump_out(5);
    int n = wait_for_signal(3);
    raise(SIGUSR2);
    char *block = malloc(5000);
    memset(block, n, 5000);
    memmove(block + 3, block, 4000);
    n += (int)strlen(copy) + (int)strtol("12345", NULL, 10) + memcmp(text, copy, 20);
    free(block);
    return n < 0;
}
