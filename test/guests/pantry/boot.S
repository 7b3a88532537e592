/* Where Xen enters, the page it fills with hypercalls, the stacks, and the notes that tell it all this. */
#include "boot.h"

    pv_notes pantry, _start, hypercall_page

/* Nobody called a vCPU's first frame: the CFI and a zero frame pointer both say so. */
    .text
    .globl _start
    .type _start, @function
_start:
    .cfi_startproc
    .cfi_undefined rip
    cld
    lea first_stack_top(%rip), %rsp
    mov %rsi, %rdi /* Xen's start_info */
    xor %ebp, %ebp
    call open_pantry
    ud2
    .cfi_endproc
    .size _start, . - _start

    second_vcpu

    hypercall_page

    .bss
    .balign 4096
    .skip 65536
    .globl first_stack_top
first_stack_top:
    .skip 65536
    .globl second_stack_top
second_stack_top:
    .globl shared_info_page
shared_info_page:
    .skip 4096

    .section .note.GNU-stack, "", @progbits
