/* What a guest asks of Xen: a console, a clock, sleep, a second vCPU, and an end. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <xen/xen.h>

#define noinline __attribute__((noinline))

/* Called once, first of all, with what the guest was started with. */
void xen_start(void *info);

/* Starts vCPU 1 in second_vcpu_entry; false where the guest was given one vCPU. */
bool start_second_vcpu(void);

/* Xen's system time: ns since the machine started, the same on all vCPUs. */
uint64_t now_ns(int vcpu);

/* Gives the processor back to Xen for so long. */
void sleep_ns(int vcpu, uint64_t ns);

void console_write(const char *text);
void console_write_number(uint64_t number);

/* The value of NAME=123 on the guest's command line, or 0. */
uint64_t command_line_number(const char *name);

/* Ends the domain for one of Xen's SHUTDOWN_ reasons: 0 off, 1 reboot, 3 crash. */
_Noreturn void shut_down(unsigned reason);
