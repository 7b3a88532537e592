/* Small arithmetic, everywhere inlined. */
#pragma once
#include <stdint.h>

static inline uint64_t rotate_left(uint64_t x, int by)
{
    return x << by | x >> (64 - by);
}

/* Spreads every bit of x over the whole word. */
static inline uint64_t mix(uint64_t x)
{
    x = (x ^ x >> 33) * 0xff51afd7ed558ccdu;
    x = (x ^ rotate_left(x, 29)) * 0xc4ceb9fe1a85ec53u;
    return x ^ x >> 33;
}

/* Repeatable noise: the next number of a sequence. */
static inline uint32_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 33;
}
