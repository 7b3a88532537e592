/* What to order: the best choice of items for a crate, tried out one by one. */
#include "pantry.h"
#include "xen.h"

static inline int size_of(int item)
{
    return 3 + item * 7 % 11;
}

static inline uint32_t worth_of(int item)
{
    return 5 + item * 13 % 17;
}

noinline uint32_t pack_crate(int items, int space)
{
    if (items == 0)
        return 0;
    int item = items - 1;
    uint32_t without = pack_crate(item, space);
    if (size_of(item) > space)
        return without;
    uint32_t with = worth_of(item) + pack_crate(item, space - size_of(item));
    return with > without ? with : without;
}
