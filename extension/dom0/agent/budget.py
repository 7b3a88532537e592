# How much of the guest's time may be spent in pauses. The rate gives way: it is what the mean pause allows, and nothing is taken on credit for
# longer than a moment.

# Before the first pause has been measured.
FIRST_GUESS_NS = 100 * 10 ** 3
# Photographs in a row are unequal: so much of the time may be spent ahead.
CREDIT_NS = 10 ** 9
ADAPT_NS = 100 * 10 ** 6


class Budget(object):
    """`share`: 0.01 is one percent of the time; 1 is no budget at all."""

    def __init__(self, share, period_ns):
        self.share = share
        self.asked_ns = period_ns
        self.mean_ns = FIRST_GUESS_NS
        self.seen = (0, 0)
        self.start_ns = self.adapted_ns = 0

    def begin(self, schedule, start_ns):
        self.start_ns = self.adapted_ns = start_ns
        schedule.begin(start_ns, self.period())

    def period(self):
        return self.asked_ns if self.share >= 1 else max(self.asked_ns, self.mean_ns / self.share)

    def keep(self, schedule, pauses, now):
        """Holds the schedule to the budget; called often."""
        if self.share >= 1:
            return
        ahead = pauses.total_ns - self.share * (now - self.start_ns + CREDIT_NS)
        if ahead > 0:
            schedule.hold_ns = now + int(ahead / self.share)
        if now - self.adapted_ns < ADAPT_NS:
            return
        self.adapted_ns = now
        count, total = pauses.count - self.seen[0], pauses.total_ns - self.seen[1]
        if count > 0:
            # half of the weight is on the last moment, so that a slow guest is noticed at once
            mean = float(total) / count
            self.mean_ns = mean if self.seen[0] == 0 else (self.mean_ns + mean) / 2
            self.seen = (pauses.count, pauses.total_ns)
        if abs(self.period() - schedule.period_ns) > 0.02 * schedule.period_ns or (self.period() == self.asked_ns) != (schedule.period_ns <= self.asked_ns + 1):
            schedule.missed += max(0, schedule.periods_until(now) - schedule.number)
            schedule.begin(now, self.period())

    def capped_hz(self):
        """The rate that the budget allows, where that is less than what was asked for; else None."""
        return round(1e9 / self.period(), 1) if self.period() > self.asked_ns else None
