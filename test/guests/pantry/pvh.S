/*
 * The first steps of a PVH or an HVM guest. Xen enters a PVH guest in 32-bit protected mode without paging (xen/include/public/arch-x86/hvm/start_info.h);
 * hvm.S brings an HVM guest into the same state.
 */
#include "boot.h"

    note XEN_ELFNOTE_PHYS32_ENTRY, .long pvh_entry

#define PAGE_PRESENT_WRITABLE 3
#define PAGE_LARGE 0x80
#define CR4_PAE 0x20
#define EFER 0xc0000080
#define EFER_LME 0x100
#define CR0_PE 1
#define CR0_PE_PG 0x80000001
#define CODE 8
#define DATA 16
#define CODE_32 24
#define CMDLINE_PADDR 24
#define DATA_OF_SETUP 24
#define CMD_LINE_PTR 0x228

/* Where hvm.S jumps to: at the beginning of the image. %esi has Linux's setup header. What lies in the file behind the data is in our bss. */
    .section .first, "ax"
    .code32
    mov $DATA_OF_SETUP, %eax
    mov %eax, %ds
    mov %eax, %es
    mov %eax, %ss
    cld
    mov $bss_start, %edi
    mov $bss_end, %ecx
    sub %edi, %ecx
    xor %eax, %eax
    rep stosb
    mov CMD_LINE_PTR(%esi), %eax
    mov %eax, start_info + CMDLINE_PADDR
    mov $start_info, %ebx
    jmp pvh_entry

    .text
    .code32
.macro to_long_mode target
    mov $first_tables, %eax
    mov %eax, %cr3
    mov $CR4_PAE, %eax
    mov %eax, %cr4
    mov $EFER, %ecx
    mov $EFER_LME, %eax
    xor %edx, %edx
    wrmsr
    mov $CR0_PE_PG, %eax
    mov %eax, %cr0
    lgdt gdt_pointer
    ljmp $CODE, $\target
.endm
    .globl pvh_entry
pvh_entry:
    to_long_mode _start

/* The firmware of an HVM guest has started the second processor once, so that only the local APIC can start it anew: in real mode, in a low page. */
    .code16
    .globl second_processor, second_processor_end
second_processor:
    cli
    lgdtl %cs:second_gdt_pointer - second_processor
    mov $CR0_PE, %eax
    mov %eax, %cr0
    ljmpl $CODE_32, $second_processor_32
second_gdt_pointer:
    .word gdt_end - gdt - 1
    .long gdt
second_processor_end:

    .code32
second_processor_32:
    mov $DATA, %eax
    mov %eax, %ds
    to_long_mode second_processor_64

    .code64
second_processor_64:
    mov $DATA, %eax
    mov %eax, %es
    mov %eax, %ss
    lea second_stack_top(%rip), %rsp
    jmp second_vcpu_entry

/* Nobody called a vCPU's first frame: the CFI and a zero frame pointer both say so. */
    .globl _start
    .type _start, @function
_start:
    .cfi_startproc
    .cfi_undefined rip
    mov $DATA, %eax
    mov %eax, %ds
    mov %eax, %es
    mov %eax, %ss
    lea first_stack_top(%rip), %rsp
    mov %ebx, %edi /* hvm_start_info */
    xor %ebp, %ebp
    call open_pantry
    ud2
    .cfi_endproc
    .size _start, . - _start

    second_vcpu

    hypercall_page

    .data
start_info:
    .skip 64
    .balign 8
gdt:
    .quad 0
    .quad 0x00af9a000000ffff /* 64-bit code */
    .quad 0x00cf92000000ffff
    .quad 0x00cf9a000000ffff /* 32-bit code */
gdt_end:
gdt_pointer:
    .word gdt_end - gdt - 1
    .long gdt

/* The first GiB, and the fourth, where Xen's special pages are; each page of 2 MiB at its own address. */
    .balign 4096
    .globl first_tables
first_tables:
    .quad first_level_3 + PAGE_PRESENT_WRITABLE
    .skip 4096 - 8
first_level_3:
    .quad first_gigabyte + PAGE_PRESENT_WRITABLE, 0, 0, fourth_gigabyte + PAGE_PRESENT_WRITABLE
    .skip 4096 - 32
first_gigabyte:
    .set page, 0
    .rept 512
    .quad page * 0x200000 + PAGE_LARGE + PAGE_PRESENT_WRITABLE
    .set page, page + 1
    .endr
fourth_gigabyte:
    .set page, 0
    .rept 512
    .quad 0xc0000000 + page * 0x200000 + PAGE_LARGE + PAGE_PRESENT_WRITABLE
    .set page, page + 1
    .endr

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
