/* Quicksort, recursing into both halves. */
#include "pantry.h"
#include "xen.h"

static noinline int fuller(const struct shelf *a, const struct shelf *b)
{
    if (a->stock != b->stock)
        return a->stock > b->stock;
    return a > b;
}

static inline void swap(struct shelf **a, struct shelf **b)
{
    struct shelf *old = *a;
    *a = *b;
    *b = old;
}

/* Moves what is fuller than the middle one before it; returns where that one came to lie. */
static inline size_t divide(struct shelf **shelves, size_t count)
{
    size_t border = 0, last = count - 1;
    swap(&shelves[count / 2], &shelves[last]);
    for (size_t i = 0; i < last; i++)
        if (fuller(shelves[i], shelves[last]))
            swap(&shelves[i], &shelves[border++]);
    swap(&shelves[border], &shelves[last]);
    return border;
}

noinline void sort_shelves(struct shelf **shelves, size_t count)
{
    if (count < 2)
        return;
    size_t middle = divide(shelves, count);
    sort_shelves(shelves, middle);
    sort_shelves(shelves + middle + 1, count - middle - 1);
}
