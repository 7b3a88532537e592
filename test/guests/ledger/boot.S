/* Where Xen enters, the hypercall page, and a stack with the ledger right above it, so that a copy of the one holds the other. */
#include "boot.h"

/* Addresses in notes are where Xen loads us, which need not be where the linker thought: the file of a PIE begins at 0. */
#define RUN_TIME(symbol) (symbol - ledger_text + 0x100000)

    pv_notes ledger, RUN_TIME(_start), RUN_TIME(hypercall_page)

    .text
ledger_text:
    .globl _start
    .type _start, @function
_start:
    .cfi_startproc
    .cfi_undefined rip
    cld
    lea ledger(%rip), %rsp
    mov %rsi, %rbx
    xor %ebp, %ebp
    call relocate
    mov %rbx, %rdi /* Xen's start_info */
    call open_ledger
    ud2
    .cfi_endproc
    .size _start, . - _start

    /* The second vCPU of xen.c's: there is none. */
    .globl second_vcpu_entry
    .type second_vcpu_entry, @function
second_vcpu_entry:
    ud2
    .size second_vcpu_entry, . - second_vcpu_entry

    hypercall_page

/*
 * What gcc calls after a function's prologue and before its epilogue, with the function and its return address. Neither touches the stack, and both keep
 * their arguments in their registers, so that a photograph taken inside tells on which side of the moment it was.
 */
    .globl __cyg_profile_func_enter
    .type __cyg_profile_func_enter, @function
__cyg_profile_func_enter:
    .cfi_startproc
    mov ledger(%rip), %rcx
    shl $4, %rcx
    lea ledger(%rip), %rdx
    mov %rdi, 8(%rdx,%rcx)
    mov %rsi, 16(%rdx,%rcx)
    .globl ledger_entered
    .type ledger_entered, @notype
    incq ledger(%rip)
ledger_entered:
    ret
    .cfi_endproc
    .size __cyg_profile_func_enter, . - __cyg_profile_func_enter

    .globl __cyg_profile_func_exit
    .type __cyg_profile_func_exit, @function
__cyg_profile_func_exit:
    .cfi_startproc
    decq ledger(%rip)
    .globl ledger_left
    .type ledger_left, @notype
ledger_left:
    ret
    .cfi_endproc
    .size __cyg_profile_func_exit, . - __cyg_profile_func_exit

    .bss
    .balign 4096
    .skip 65536
    .globl second_stack_top
second_stack_top:
    .globl ledger
    .type ledger, @object
ledger: /* u64 depth, then {function, return address} of each call that has not returned, the outermost first */
    .skip 8192
    .size ledger, . - ledger
    .balign 4096
    .globl shared_info_page
shared_info_page:
    .skip 4096

    .section .note.GNU-stack, "", @progbits
