# When photographs are taken. Each moment lies somewhere within its own period, by chance: the mean rate is exact, and no rhythm of the guest can keep
# step with it.

# The longest rest after work; the guest cannot make us miss more than this by being slow to pause.
REST_NS = 100 * 10 ** 6
# Rest that is owed for less work than this can wait: a processor that is given back for a moment is not given back to us in a moment.
STRETCH_NS = 2 * 10 ** 6
WORD = (1 << 64) - 1


def chance(x):
    """splitmix64: a number's hash, as good as chance."""
    x = (x + 0x9e3779b97f4a7c15) & WORD
    x = ((x ^ x >> 30) * 0xbf58476d1ce4e5b9) & WORD
    x = ((x ^ x >> 27) * 0x94d049bb133111eb) & WORD
    return x ^ x >> 31


class Schedule(ctypes.Structure):
    """Shared with shutter.c: an absolute schedule. A moment that is over is missed, never made up for."""
    _fields_ = [(name, ctypes.c_uint64) for name in ('epoch_ns', 'number', 'period_16', 'seed', 'fair_ns', 'rested_ns', 'hold_ns', 'missed')]

    def begin(self, start_ns, period_ns):
        """Goes on from here with this period; what was missed stays missed."""
        self.epoch_ns = start_ns
        self.number = 0
        self.period_16 = max(1 << 16, int(period_ns * 65536))
        self.seed, = struct.unpack('<Q', os.urandom(8))

    @property
    def period_ns(self):
        return self.period_16 / 65536.0

    def due(self):
        periods = self.number << 32 | chance((self.seed + self.number) & WORD) >> 32
        return max(self.epoch_ns + (periods * self.period_16 >> 48), self.rested_ns, self.hold_ns)

    def advance(self, began_ns, ended_ns):
        """To the next moment."""
        self.work(began_ns, ended_ns)
        self.number += 1
        current = self.periods_until(max(self.rested_ns, ended_ns))
        if current > self.number:
            self.missed += current - self.number
            self.number = current

    def work(self, began_ns, ended_ns):
        """At most half of a processor is ours: with one, dom0 and all its other guests' devices live on what is left."""
        self.fair_ns = max(self.fair_ns, began_ns) + 2 * max(0, ended_ns - began_ns)
        if self.fair_ns > ended_ns + STRETCH_NS:
            self.rested_ns = min(self.fair_ns, ended_ns + REST_NS)

    def periods_until(self, ns):
        return (max(0, ns - self.epoch_ns) << 16) // self.period_16

    def end(self, stop_ns):
        """All moments until then that were not served are missed."""
        self.missed += max(0, self.periods_until(stop_ns) - self.number)
