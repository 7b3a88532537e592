/* The console: a ring of characters that dom0 empties. */
#include "console.h"

static struct xencons_interface *ring;

void console_start(struct xencons_interface *mapped)
{
    ring = mapped;
}

static void put(char c)
{
    while (ring->out_prod - *(volatile XENCONS_RING_IDX *)&ring->out_cons >= sizeof ring->out)
        give_way();
    ring->out[MASK_XENCONS_IDX(ring->out_prod, ring->out)] = c;
    asm volatile("" ::: "memory"); /* the character before its index */
    ring->out_prod++;
}

void console_write(const char *text)
{
    for (; *text; text++) {
        if (*text == '\n')
            put('\r');
        put(*text);
    }
    wake_console();
}

void console_write_number(uint64_t number)
{
    char digits[24], *first = digits + sizeof digits;
    *--first = 0;
    do
        *--first = '0' + number % 10;
    while (number /= 10);
    console_write(first);
}
