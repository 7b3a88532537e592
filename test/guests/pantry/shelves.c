/* The shelves: a hash table with open addressing, and the checksum that finds rot. */
#include "bits.h"
#include "pantry.h"
#include "xen.h"

#define SHELVES 2048 /* a power of two, well above the 800 names there are */

static struct shelf shelves[SHELVES];

static inline uint64_t hash_name(const char *name)
{
    uint64_t hash = 0x9e3779b97f4a7c15u;
    for (; *name; name++)
        hash = rotate_left(hash ^ (uint8_t)*name, 5) * 0x2545f4914f6cdd1du;
    return mix(hash);
}

static noinline int same_name(const char *a, const char *b)
{
    while (*a && *a == *b)
        a++, b++;
    return *a == *b;
}

static inline void label(struct shelf *shelf, const char *name)
{
    for (int i = 0; i < NAME_BYTES - 1 && name[i]; i++)
        shelf->name[i] = name[i];
}

noinline struct shelf *find_shelf(const char *name)
{
    for (uint64_t at = hash_name(name);; at++) {
        struct shelf *shelf = &shelves[at % SHELVES];
        if (shelf->name[0] == 0)
            label(shelf, name);
        if (same_name(shelf->name, name)) {
            shelf->visits++;
            return shelf;
        }
    }
}

/* One byte more, as CRC-32 (reflected 0xedb88320) does it, bit by bit. */
static inline uint32_t add_byte(uint32_t sum, uint8_t byte)
{
    sum ^= byte;
    for (int bit = 0; bit < 8; bit++)
        sum = sum >> 1 ^ (0xedb88320u & -(sum & 1));
    return sum;
}

static noinline uint32_t checksum_shelf(uint32_t sum, const struct shelf *shelf)
{
    for (int i = 0; i < NAME_BYTES; i++)
        sum = add_byte(sum, shelf->name[i]);
    return sum;
}

noinline uint32_t checksum_shelves(void)
{
    uint32_t sum = ~0u;
    for (int i = 0; i < SHELVES; i++)
        if (shelves[i].name[0])
            sum = checksum_shelf(sum, &shelves[i]);
    return ~sum;
}
