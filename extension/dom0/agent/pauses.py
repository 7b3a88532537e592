# How long the guest stood still, as a histogram: sixteen buckets an octave, so a quantile is right to about 3 %.
PAUSE_BUCKETS = 1024


class Pauses(ctypes.Structure):
    """Shared with shutter.c. A length below 32 ns has a bucket of its own; of longer ones the first five bits and their place make the bucket."""
    _fields_ = [('count', ctypes.c_uint64), ('total_ns', ctypes.c_uint64), ('max_ns', ctypes.c_uint64), ('buckets', ctypes.c_uint64 * PAUSE_BUCKETS)]

    def add(self, ns):
        ns = max(1, ns)
        shift = max(0, ns.bit_length() - 5)
        self.buckets[shift * 16 + (ns >> shift)] += 1
        self.count += 1
        self.total_ns += ns
        self.max_ns = max(self.max_ns, ns)

    def filled(self):
        """Bucket by bucket, the shortest first: (shift, first five bits, count)."""
        return [((0, at) if at < 32 else (at // 16 - 1, 16 + at % 16)) + (count,) for at, count in enumerate(self.buckets[:]) if count]

    def quantile(self, share, filled):
        """The pause that `share` of all pauses do not exceed, in ns; 0 where there was none."""
        left = share * self.count
        for shift, top, count in filled:
            left -= count
            if left <= 0:
                return min(self.max_ns, (top << shift) + (1 << shift) // 2)
        return self.max_ns

    def report(self):
        """As protocol.ts has it; the histogram has four buckets an octave from 1024 ns."""
        filled = self.filled()
        counts = {}
        for shift, top, count in filled:
            at = max(0, 4 * (shift - 6) + (top >> 2) - 4)
            counts[at] = counts.get(at, 0) + count
        return {
            'count': self.count, 'medianNs': self.quantile(0.5, filled), 'p99Ns': self.quantile(0.99, filled), 'maxNs': self.max_ns,
            'totalNs': self.total_ns, 'histogram': [counts.get(at, 0) for at in range(max(counts) + 1)] if counts else [],
        }
