/* Between what is the same for every kind of guest (xen.c) and what is not (pv.c, pvh.c). */
#pragma once
#include "xen.h"

extern char hypercall_page[], shared_info_page[], second_stack_top[];

extern struct machine {
    const char *command_line;
    uint32_t console_port;
} machine;

static inline long hypercall(unsigned number, long first, long second, long third)
{
    long result;
    void *stub = hypercall_page + number * 32;
    /* Naming rsp tells gcc that this asm makes a call, so that the function keeps a frame. */
    register unsigned long stack asm("rsp");
    asm volatile("call *%[stub]"
                 : "=a"(result), "+D"(first), "+S"(second), "+d"(third), "+r"(stack)
                 : [stub] "r"(stub)
                 : "memory", "rcx", "r8", "r9", "r10", "r11");
    return result;
}
