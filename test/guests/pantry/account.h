/* A vCPU's own account of where its time went, to hold a profiler against. */
#pragma once
#include <stdint.h>

#define MAX_KINDS 8

struct account {
    int vcpu;
    /* The function that does each kind of work; the last one is followed by NULL where there are fewer. */
    const char *function[MAX_KINDS];
    uint64_t spent_ns[MAX_KINDS];
    uint64_t since_ns, next_report_ns;
};

void account_start(struct account *account);

/* The time since the last call went to this kind of work. */
void account_spent(struct account *account, int kind);

/* Prints the account, once a second: milliseconds since the start, by function. */
void account_report(struct account *account);
