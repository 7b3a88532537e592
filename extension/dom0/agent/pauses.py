# How long the guest stood still, as a histogram: sixteen buckets an octave, so a quantile is right to about 3 %.


class Pauses(object):
    def __init__(self):
        self.buckets = {}
        self.count = 0
        self.total_ns = 0
        self.max_ns = 0

    def add(self, ns):
        ns = max(1, ns)
        shift = max(0, ns.bit_length() - 5)
        bucket = (shift, ns >> shift)
        self.buckets[bucket] = self.buckets.get(bucket, 0) + 1
        self.count += 1
        self.total_ns += ns
        if ns > self.max_ns:
            self.max_ns = ns

    def quantile(self, share):
        """The pause that `share` of all pauses do not exceed, in ns; 0 where there was none."""
        left = share * self.count
        for shift, top in sorted(self.buckets):
            left -= self.buckets[(shift, top)]
            if left <= 0:
                return min(self.max_ns, (top << shift) + (1 << shift) // 2)
        return self.max_ns

    def histogram(self):
        """Counts by length, four buckets an octave from 1024 ns: protocol.ts has the bounds."""
        counts = {}
        for shift, top in self.buckets:
            at = max(0, 4 * (shift - 6) + (top >> 2) - 4)
            counts[at] = counts.get(at, 0) + self.buckets[(shift, top)]
        return [counts.get(at, 0) for at in range(max(counts) + 1)] if counts else []

    def report(self):
        return {'count': self.count, 'medianNs': self.quantile(0.5), 'p99Ns': self.quantile(0.99), 'maxNs': self.max_ns, 'totalNs': self.total_ns, 'histogram': self.histogram()}
