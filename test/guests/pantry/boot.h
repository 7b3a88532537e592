/* What the first files of our guests have in common. */
#ifndef BOOT_H
#define BOOT_H

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

/* What a PV guest tells Xen. Addresses are those where it is loaded. */
.macro pv_notes name:req, entry:req, page:req
    note XEN_ELFNOTE_GUEST_OS, .asciz "\name"
    note XEN_ELFNOTE_LOADER, .asciz "generic"
    note XEN_ELFNOTE_XEN_VERSION, .asciz "xen-3.0"
    note XEN_ELFNOTE_VIRT_BASE, .quad 0
    note XEN_ELFNOTE_PADDR_OFFSET, .quad 0
    note XEN_ELFNOTE_ENTRY, .quad \entry
    note XEN_ELFNOTE_HYPERCALL_PAGE, .quad \page
    note XEN_ELFNOTE_PAE_MODE, .asciz "yes"
.endm

/* The page that Xen fills. */
.macro hypercall_page
    .balign 4096
    .globl hypercall_page
    .type hypercall_page, @object
hypercall_page:
    .skip 4096
    .size hypercall_page, . - hypercall_page
.endm

/* Where a second vCPU begins, its stack being set. Nobody called this frame: the CFI and a zero frame pointer both say so. */
.macro second_vcpu
    .globl second_vcpu_entry
    .type second_vcpu_entry, @function
second_vcpu_entry:
    .cfi_startproc
    .cfi_undefined rip
    cld
    xor %ebp, %ebp
    call keep_house
    ud2
    .cfi_endproc
    .size second_vcpu_entry, . - second_vcpu_entry
.endm

#endif
