/* The first vCPU serves; the second, where there is one, keeps house. */
#include "account.h"
#include "bits.h"
#include "pantry.h"
#include "xen.h"

static volatile uint64_t kept; /* results go here, so that no work is optimised away */

static char texts[BATCH][TEXT_BYTES];
static struct request requests[BATCH];
static struct shelf *answers[BATCH * 4];
static uint8_t packed[2 * BATCH * TEXT_BYTES];

static noinline void receive_requests(uint64_t *noise)
{
    for (int i = 0; i < BATCH; i++)
        write_request(texts[i], noise);
}

static noinline void parse_requests(void)
{
    for (int round = 0; round < 3; round++)
        for (int i = 0; i < BATCH; i++)
            parse_request(texts[i], &requests[i]);
}

static noinline void find_answers(uint64_t *noise)
{
    for (int round = 0; round < 24; round++)
        for (int i = 0; i < BATCH; i++) {
            struct shelf *shelf = find_shelf(requests[i].name);
            shelf->stock = (shelf->stock + mix(requests[i].amount)) % 1000;
            answers[(round & 3) * BATCH + i] = shelf;
        }
    kept += next_random(noise);
}

/* `sort_rounds=N` on the command line makes one function slower than it was. */
static uint64_t sort_rounds = 2;

static noinline void sort_answers(void)
{
    for (uint64_t round = 0; round < sort_rounds; round++) {
        /* A different order each time, or the second round would have nothing to do. */
        for (int i = 0; i < BATCH * 4; i++)
            answers[i]->stock ^= round + i % 7;
        sort_shelves(answers, BATCH * 4);
    }
}

static noinline void compress_answers(void)
{
    kept += compress_text(texts[0], sizeof texts, packed);
}

static noinline void wait_for_requests(void)
{
    sleep_ns(0, 4000000);
}

static noinline void serve_batch(struct account *account, uint64_t *noise)
{
    receive_requests(noise);
    account_spent(account, 0);
    parse_requests();
    account_spent(account, 1);
    find_answers(noise);
    account_spent(account, 2);
    sort_answers();
    account_spent(account, 3);
    compress_answers();
    account_spent(account, 4);
}

_Noreturn void open_pantry(void *info)
{
    static struct account account = {
        .vcpu = 0,
        .function = { "receive_requests", "parse_requests", "find_answers", "sort_answers", "compress_answers",
                      "wait_for_requests", "account_report" },
    };
    uint64_t noise = 1;

    xen_start(info);
    console_write("pantry: open\n");
    if (start_second_vcpu())
        console_write("pantry: the housekeeper is in\n");
    if (command_line_number("sort_rounds"))
        sort_rounds = command_line_number("sort_rounds");
    uint64_t seconds = command_line_number("close_after");
    uint64_t closing_ns = seconds ? now_ns(0) + seconds * 1000000000 : UINT64_MAX;

    account_start(&account);
    while (account.since_ns < closing_ns) {
        for (int batch = 0; batch < 12; batch++)
            serve_batch(&account, &noise);
        wait_for_requests();
        account_spent(&account, 5);
        account_report(&account);
        account_spent(&account, 6);
    }
    console_write("pantry: closed\n");
    shut_down(command_line_number("close_reason"));
}

static noinline void scrub_shelves(void)
{
    for (int round = 0; round < 5; round++)
        kept += checksum_shelves();
}

static noinline void plan_orders(uint64_t *noise)
{
    kept += pack_crate(16, 60 + next_random(noise) % 8);
}

static noinline void wait_for_dust(void)
{
    sleep_ns(1, 3000000);
}

_Noreturn void keep_house(void)
{
    static struct account account = {
        .vcpu = 1,
        .function = { "scrub_shelves", "plan_orders", "wait_for_dust", "account_report" },
    };
    uint64_t noise = 2;

    account_start(&account);
    for (;;) {
        for (int round = 0; round < 8; round++) {
            scrub_shelves();
            account_spent(&account, 0);
            plan_orders(&noise);
            account_spent(&account, 1);
        }
        wait_for_dust();
        account_spent(&account, 2);
        account_report(&account);
        account_spent(&account, 3);
    }
}
