# Tests of shutter.c, as compiled for dom0, and of what it shares with Python. The guest is of our own making: an `ioctl` that answers as Xen would,
# and a stack in our memory. parts.test.ts puts the agent's source before this and runs it with Python.
import random

rng = random.Random(11)
IOCTL = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int, ctypes.c_uint64, ctypes.c_void_p)


class FakeXen(object):
    """Two vCPUs with one stack each, windows into them, and a page-table entry that the windows believe in."""

    def __init__(self, stack_bytes=16384, addresses_only=False):
        self.paused, self.pauses, self.refuse_close, self.standing = 0, 0, False, False
        self.memory = ctypes.create_string_buffer(bytes(rng.getrandbits(8) for _ in range(1 << 16)), 1 << 16)
        self.contexts = [ctypes.create_string_buffer(CONTEXT_BYTES) for _ in range(2)]
        self.stacks = [ctypes.create_string_buffer(stack_bytes) for _ in range(2)]
        self.mirrors = [ctypes.create_string_buffer(MIRROR_BYTES) for _ in range(2)]
        self.steps = (ctypes.c_int64 * (8 * 8))()
        self.infos = [ctypes.create_string_buffer(64) for _ in range(3)]
        self.entry = ctypes.c_uint64(0x1234067)
        self.belief = (Belief * 1)(Belief(ctypes.addressof(self.entry), FRAME_MASK | PRESENT, self.entry.value & (FRAME_MASK | PRESENT)))
        self.table = (Window * 64)()
        self.schedule, self.pauses_seen, self.mark = Schedule(), Pauses(), ctypes.c_uint64(0)
        self.ring = ctypes.create_string_buffer(1 << 18)
        self.vcpus = (NativeVcpu * 2)()
        steps = ctypes.addressof(self.steps)
        for number, vcpu in enumerate(self.vcpus):
            vcpu.number, vcpu.planned = number, 1
            vcpu.context, vcpu.stack, vcpu.mirror = (ctypes.addressof(each[number]) for each in (self.contexts, self.stacks, self.mirrors))
            vcpu.info, vcpu.look, vcpu.read = ctypes.addressof(self.infos[1 + number]), steps + 64 * (1 + number), steps + 64 * (4 + number)
            self.infos[1 + number].raw = struct.pack('<4xBBB', 1, number, 1)
        self.set_domain(0)
        libc = ctypes.CDLL(None)
        self.callback = IOCTL(self.ioctl)
        s = self.session = Session()
        s.ioctl = ctypes.cast(self.callback, ctypes.c_void_p).value
        for name in ('clock_gettime', 'clock_nanosleep', 'memcpy'):
            setattr(s, name, ctypes.cast(getattr(libc, name), ctypes.c_void_p).value)
        s.domid, s.is_pv, s.stack_bytes, s.addresses_only = 7, 1, stack_bytes, addresses_only
        s.look, s.open, s.close = Call(1), Call(2), Call(3)
        s.looked, s.opened, s.domain = steps, steps + 64 * 3, ctypes.addressof(self.infos[0])
        s.pausing, s.vcpus, s.vcpu_count = ctypes.addressof(self.mark), ctypes.addressof(self.vcpus), 2
        s.windows, s.window_mask = ctypes.addressof(self.table), 63
        s.ring, s.ring_bytes = ctypes.addressof(self.ring), 1 << 18
        s.schedule, s.pauses = ctypes.addressof(self.schedule), ctypes.addressof(self.pauses_seen)
        self.schedule.begin(now_ns(), 1000)

    def set_domain(self, flags):
        self.infos[0].raw = struct.pack('<HxxI', 7, flags)

    def ioctl(self, _fd, command, call):
        assert command == 0x305000
        number = Call.from_address(call).number
        if number == 2 and not self.session.addresses_only:
            assert self.mark.value > 0
            self.paused += 1
            self.pauses += 1
            self.steps[8 * 3 + 1] = 0
        if number == 3:
            if self.refuse_close:
                return -1
            self.paused -= 1
        return 0

    def set_stack(self, vcpu, offset, rip):
        """The stack pointer, as an offset into our memory: its addresses in the guest begin at a vCPU's own gigabyte."""
        context, base = self.contexts[vcpu], (1 + vcpu) << 30
        struct.pack_into('<15Q', context, CONTEXT_REGISTERS, *range(100, 115))
        struct.pack_into('<Q', context, CONTEXT_RIP, rip)
        struct.pack_into('<Q', context, CONTEXT_RSP, base + offset)
        struct.pack_into('<Q', context, CONTEXT_FLAGS, IN_KERNEL)
        struct.pack_into('<Q', context, CONTEXT_CTRLREG + 24, 0x5000)

    def open_window(self, vcpu, page, size=None):
        key = ((1 + vcpu) << 18) + page
        slot = ((key * 0x9e3779b97f4a7c15 & WORD) ^ 0x5000) >> 12
        while self.table[slot & 63].at:
            slot += 1
        at = ctypes.addressof(self.memory) + page * 4096
        self.table[slot & 63] = Window(0x5000, key, at, (1 << 16) - page * 4096 if size is None else size, ctypes.addressof(self.belief), 1)

    def burst(self, until=0):
        self.session.ring_used = self.session.samples = 0
        outcome = call(ctypes.addressof(self.session), until or self.schedule.due())
        return outcome, self.ring.raw[:self.session.ring_used]


def unpack(data, known):
    """Records: (vCPU, state, flags, rip, rsp, stack), by the format's words alone."""
    found, at = [], 0
    while at < len(data):
        length, _, vcpu, state, flags, _ = struct.unpack_from('<IQHBBI', data, at)
        registers = struct.unpack_from('<17Q', data, at + 20)
        base, = struct.unpack_from('<Q', data, at + 156)
        rest = data[at + 164:at + 4 + length]
        stack = b''
        if flags & 8:
            size, = struct.unpack_from('<I', rest)
            blocks = range(base // 64, (base + size + 63) // 64) if size else ()
            bits, place = rest[4:4 + (len(blocks) + 7) // 8], 4 + (len(blocks) + 7) // 8
            for i, block in enumerate(blocks):
                first, last = max(base, block * 64), min(base + size, block * 64 + 64)
                mirror = known.setdefault(vcpu, bytearray(MIRROR_BYTES))
                here = first % MIRROR_BYTES
                if bits[i // 8] >> i % 8 & 1:
                    mirror[here:here + last - first] = rest[place:place + last - first]
                    place += last - first
                stack += mirror[here:here + last - first]
            assert place == len(rest)
        assert registers == (110, 112, 111, 105, 113, 114, 104, base, 109, 108, 107, 106, 103, 102, 101, 100, registers[16])
        found.append((vcpu, state, flags, registers[16], base, stack))
        at += 4 + length
    return found


call, library = load_native()

# stacks that grow, shrink and change come out as they were, whatever was sent before
for stack_bytes in (64, 2048, 16384, 65536):
    xen, known = FakeXen(stack_bytes), {}
    for page in range(16):
        xen.open_window(0, page)
        xen.open_window(1, page)
    sent = 0
    for number in range(60):
        truth = []
        for vcpu in (0, 1):
            offset = rng.choice((0, 8, 4095, 65535, rng.randrange(1 << 16), 1 << 15))
            xen.set_stack(vcpu, offset, number)
            for _ in range(rng.choice((0, 1, 30))):
                xen.memory[rng.randrange(1 << 16)] = rng.getrandbits(8)
            truth.append((vcpu, offset))
        image = xen.memory.raw
        outcome, data = xen.burst()
        assert outcome == WAIT, outcome
        sent += len(data)
        for (vcpu, offset), record in zip(truth, unpack(data, known)):
            stack = image[offset:offset + stack_bytes]
            flags = 8 | (AT_HOLE if len(stack) < stack_bytes else AT_LIMIT)
            assert record == (vcpu, 2 if vcpu else 0, flags, number, ((1 + vcpu) << 30) + offset, stack), (stack_bytes, number, record[:5])
        assert xen.paused == 0 and xen.mark.value == 0
    assert xen.session.samples == 2 and xen.pauses_seen.count == xen.pauses == 60
# what is known already is not sent again
xen.set_stack(0, 4096, 1), xen.set_stack(1, 4096, 1)
xen.burst()
assert len(xen.burst()[1]) < 2 * (164 + 4 + 65536 // 512 + 1)

# windows that are not there, that show nothing, or that show something else by now
xen = FakeXen()
xen.set_stack(0, 100, 1), xen.set_stack(1, 5000, 1)
xen.open_window(0, 0)
assert xen.burst() == (NO_WINDOW, b'') and [vcpu.trouble for vcpu in xen.vcpus] == [0, 1] and xen.paused == 0 and xen.mark.value == 0
xen.open_window(1, 1, 0)
outcome, data = xen.burst()
assert outcome == WAIT and [len(record[5]) for record in unpack(data, {})] == [16384, 0]
xen.entry.value |= 0x20  # accessed: says nothing of where it leads
assert xen.burst()[0] == WAIT
xen.entry.value += 0x1000
assert xen.burst() == (BELIEF, b'')
# a guest that somebody else holds, or that is gone, is Python's
for flags in (PAUSED, DYING, SHUTDOWN):
    xen.set_domain(flags)
    assert xen.burst() == (LOOK, b'') and xen.mark.value == 0
xen.set_domain(0)
xen.infos[2].raw = struct.pack('<4xBBB', 0, 1, 0)  # the second vCPU went offline
assert xen.burst() == (LOOK, b'')
# a pause that cannot be taken back keeps the watchdog's mark
xen = FakeXen()
xen.open_window(0, 0), xen.open_window(1, 0), xen.set_stack(0, 0, 1), xen.set_stack(1, 0, 1)
xen.refuse_close = True
assert xen.burst() == (UNPAUSE_FAILED, b'') and xen.mark.value > 0 and xen.paused == 1
# registers alone: no pause, no mark, no stack
xen = FakeXen(addresses_only=True)
xen.set_stack(0, 0, 5), xen.set_stack(1, 0, 6)
outcome, data = xen.burst()
assert outcome == WAIT and [record[2:4] + record[5:] for record in unpack(data, {})] == [(ALONE, 5, b''), (ALONE, 6, b'')]
assert xen.pauses == 0 and xen.pauses_seen.count == 0

# both sides agree about when a photograph is due
for _ in range(50):
    xen.schedule.begin(now_ns() - 10 ** 9, 10 ** 7 + rng.random())
    xen.schedule.number = rng.randrange(100, 10 ** 6)
    due = xen.schedule.due()
    assert xen.burst(due - 1)[0] == WAIT and xen.session.samples == 0 and xen.schedule.due() == due
# and a full ring ends a burst
xen.schedule.begin(now_ns(), 1000)
xen.session.ring_bytes = 100
assert xen.burst(now_ns() + 10 ** 7) == (FULL, b'')

# each moment lies in its own period, anywhere in it; what is over is missed, and counted
schedule = Schedule()
schedule.begin(10 ** 9, 1e7)
places = []
for number in range(2000):
    schedule.number = number
    places.append((schedule.due() - 10 ** 9) / 1e7 - number)
assert min(places) >= 0 and max(places) < 1 and abs(sum(places) / 2000 - 0.5) < 0.03
assert all(abs(sum(1 for place in places if int(place * 10) == tenth) - 200) < 60 for tenth in range(10))
schedule.begin(10 ** 9, 1e7)
schedule.rested_ns = 0
for began in (10 ** 9, 10 ** 9 + 10 ** 7, 10 ** 9 + 10 ** 8):
    schedule.advance(began, began + 10 ** 5)
assert (schedule.number, schedule.missed, schedule.rested_ns) == (10, 7, 0)
schedule.advance(10 ** 9 + 101 * 10 ** 6, 10 ** 9 + 131 * 10 ** 6)  # 30 ms of work, and as long a rest
assert schedule.rested_ns == 10 ** 9 + 161 * 10 ** 6 and (schedule.number, schedule.missed) == (16, 12)
schedule.end(10 ** 9 + 2 * 10 ** 8)
assert schedule.missed == 16

# the budget: whatever the pauses are, their share of the time is kept, and the rate is said
for share, pause, rate in ((0.01, 20000, 99), (0.01, 20000, 5000), (0.01, 5 * 10 ** 6, 99), (0.001, 30000, 1000), (1.0, 30000, 10000)):
    schedule, pauses, budget = Schedule(), Pauses(), Budget(share, 1e9 / rate)
    now = start = 10 ** 12
    budget.begin(schedule, start)
    while now < start + 30 * 10 ** 9:
        now = max(now, schedule.due())
        pauses.add(int(pause * rng.uniform(0.5, 1.5)))
        now += pause
        schedule.advance(now - pause, now)
        budget.keep(schedule, pauses, now)
    spent, allowed = pauses.total_ns / 30e9, min(share, pause * rate / 1e9)
    # what is allowed, the credit, and a pause that begins just within them
    assert spent <= share * (30e9 + CREDIT_NS) / 30e9 + 2 * 1.5 * pause / 30e9, (share, pause, rate, spent)
    assert spent > 0.8 * min(allowed, 0.5), (share, pause, rate, spent)
    assert (budget.capped_hz() is None) == (pause * rate / 1e9 < share), (share, pause, rate, budget.capped_hz())

print('all is well')
