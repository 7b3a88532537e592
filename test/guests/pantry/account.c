#include "account.h"
#include "xen.h"

static const uint64_t second_ns = 1000000000, millisecond_ns = 1000000;

void account_start(struct account *account)
{
    account->since_ns = account->next_report_ns = now_ns(account->vcpu);
}

void account_spent(struct account *account, int kind)
{
    uint64_t now = now_ns(account->vcpu);
    account->spent_ns[kind] += now - account->since_ns;
    account->since_ns = now;
}

/* Two vCPUs share one console. */
static void console_lock(bool *lock, int vcpu)
{
    while (__atomic_test_and_set(lock, __ATOMIC_ACQUIRE))
        sleep_ns(vcpu, millisecond_ns);
}

void account_report(struct account *account)
{
    static bool lock;
    if (account->since_ns < account->next_report_ns)
        return;
    account->next_report_ns += second_ns;
    console_lock(&lock, account->vcpu);
    console_write("pantry: vcpu ");
    console_write_number(account->vcpu);
    console_write(" ms");
    for (int kind = 0; kind < MAX_KINDS && account->function[kind]; kind++) {
        console_write(" ");
        console_write(account->function[kind]);
        console_write("=");
        console_write_number(account->spent_ns[kind] / millisecond_ns);
    }
    console_write("\n");
    __atomic_clear(&lock, __ATOMIC_RELEASE);
}
