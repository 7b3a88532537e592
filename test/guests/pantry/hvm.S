/*
 * The beginning of a file that an HVM guest's QEMU takes for Linux (Documentation/arch/x86/boot.rst): its setup header, and a setup code that only goes to
 * 32-bit protected mode. The Makefile lays it over the hole between the headers and the text of an ELF file, which stays one: the text is at 4096, so that
 * seven sectors of setup come before it.
 */
#define SETUP_SECTORS 7
#define TEXT 0x100000
#define CR0_PE 1
#define LOADED_HIGH 1

    .code16
    .text
file:
    .org 0x1f1
    .byte SETUP_SECTORS
    .org 0x1fe
    .word 0xaa55
    jmp setup
    .org 0x202
    .ascii "HdrS"
    .word 0x202
    .org 0x211
    .byte LOADED_HIGH
    .org 0x214
    .long TEXT
    .org 0x22c
    .long 0x37ffffff /* as high as an initrd may be */
setup: /* %ds has the segment of the file's beginning */
    cli
    xor %eax, %eax
    mov %ds, %ax
    shl $4, %eax
    mov %eax, %esi
    add $gdt - file, %eax
    mov %eax, gdt_pointer - file + 2
    lgdtl gdt_pointer - file
    mov %cr0, %eax
    or $CR0_PE, %al
    mov %eax, %cr0
    ljmpl $16, $TEXT
gdt:
    .quad 0, 0
    .quad 0x00cf9a000000ffff /* 32-bit code */
    .quad 0x00cf92000000ffff
gdt_pointer:
    .word . - gdt - 1
    .long 0
    .section .note.GNU-stack, "", @progbits
