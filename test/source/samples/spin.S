# A loop in a file of its own.
#define STEP 31

    .text
    .globl spin
    .type spin, @function
spin:
    xorl %eax, %eax
1:  addl %edi, %eax
    imull $STEP, %eax, %eax
    decl %edi
    jg 1b
    ret
    .size spin, . - spin
    .section .note.GNU-stack, "", @progbits
