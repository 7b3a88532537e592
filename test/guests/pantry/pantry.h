/* A pantry: a small store of what is on which shelf, alone on its own machine. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#define BATCH 128
#define TEXT_BYTES 176
#define NAME_BYTES 24

/* What a request says, once parsed. */
struct request {
    char name[NAME_BYTES];
    uint64_t amount; /* the sum of every number in it */
    int depth;       /* of its deepest list */
};

struct shelf {
    char name[NAME_BYTES];
    uint64_t stock, visits;
};

/* request.c */
void write_request(char *text, uint64_t *noise);
void parse_request(const char *text, struct request *request);

/* shelves.c */
struct shelf *find_shelf(const char *name);
uint32_t checksum_shelves(void);

/* sort.c: fullest first */
void sort_shelves(struct shelf **shelves, size_t count);

/* compress.c: returns the size */
size_t compress_text(const char *text, size_t size, uint8_t *packed);

/* orders.c: the best value that fits into a crate */
uint32_t pack_crate(int items, int space);
