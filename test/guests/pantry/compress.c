/* LZ77 with a hash of the last place where each three characters stood. */
#include "bits.h"
#include "pantry.h"
#include "xen.h"

#define PLACES 1024
#define MIN_MATCH 4
#define MAX_MATCH 255

static uint32_t places[PLACES];

static inline uint32_t place_of(const char *text)
{
    uint32_t three = (uint8_t)text[0] | (uint8_t)text[1] << 8 | (uint8_t)text[2] << 16;
    return three * 2654435761u >> 22;
}

static noinline size_t match_length(const char *a, const char *b, const char *end)
{
    size_t length = 0;
    while (b + length < end && a[length] == b[length] && length < MAX_MATCH)
        length++;
    return length;
}

static inline uint8_t *put_literal(uint8_t *out, char c)
{
    *out++ = 0;
    *out++ = c;
    return out;
}

static inline uint8_t *put_match(uint8_t *out, size_t distance, size_t length)
{
    *out++ = length;
    *out++ = distance;
    *out++ = distance >> 8;
    return out;
}

noinline size_t compress_text(const char *text, size_t size, uint8_t *packed)
{
    uint8_t *out = packed;
    for (int i = 0; i < PLACES; i++)
        places[i] = 0;
    for (size_t at = 0; at < size;) {
        size_t length = 0, before = 0;
        if (at + 3 < size) {
            uint32_t *place = &places[place_of(text + at)];
            before = *place;
            *place = at;
            if (before < at && at - before < 65536)
                length = match_length(text + before, text + at, text + size);
        }
        if (length < MIN_MATCH) {
            out = put_literal(out, text[at++]);
        } else {
            out = put_match(out, at - before, length);
            at += length;
        }
    }
    return out - packed;
}
