/* Where Xen enters, the page it fills with hypercalls, the stacks, and the notes that tell it all this. */
#include <xen/elfnote.h>

.macro note type:req, payload:vararg
    .pushsection .note.Xen, "a", @note
    .balign 4
    .long 2f - 1f, 4f - 3f, \type
1:  .asciz "Xen"
2:  .balign 4
3:  \payload
4:  .balign 4
    .popsection
.endm

    note XEN_ELFNOTE_GUEST_OS, .asciz "pantry"
    note XEN_ELFNOTE_LOADER, .asciz "generic"
    note XEN_ELFNOTE_XEN_VERSION, .asciz "xen-3.0"
    note XEN_ELFNOTE_VIRT_BASE, .quad 0
    note XEN_ELFNOTE_PADDR_OFFSET, .quad 0
    note XEN_ELFNOTE_ENTRY, .quad _start
    note XEN_ELFNOTE_HYPERCALL_PAGE, .quad hypercall_page
    note XEN_ELFNOTE_PAE_MODE, .asciz "yes"

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

    .globl second_vcpu_entry
    .type second_vcpu_entry, @function
second_vcpu_entry: /* Xen has set the stack */
    .cfi_startproc
    .cfi_undefined rip
    cld
    xor %ebp, %ebp
    call keep_house
    ud2
    .cfi_endproc
    .size second_vcpu_entry, . - second_vcpu_entry

    .balign 4096
    .globl hypercall_page
    .type hypercall_page, @object
hypercall_page:
    .skip 4096
    .size hypercall_page, . - hypercall_page

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
