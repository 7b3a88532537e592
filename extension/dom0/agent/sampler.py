# One domain's photographs. Inside a pause there are the registers, the copy of the stack, and nothing else.
STACK_LIMIT = 256 << 10
# Guest frames can change hands under a mapping (HVM, PVH); machine frames cannot while they are mapped.
STALE_NS = 2 * 10 ** 9
# A burst of the native shutter: so long may a stop wait. Where photographs are further apart than this, each is a burst.
BURST_NS = 20 * 10 ** 6
DENSE_NS = 4 * 10 ** 6
# The copy ended at our limit; at a page that is not mapped; there are registers alone. shutter.c has one more: only the blocks that are new are there.
AT_LIMIT, AT_HOLE, ALONE = 1, 2, 4

# u32 length of what follows; u64 time since the start in ns; u16 vCPU; u8 state; u8 flags; u32 pause in ns; 17 registers in DWARF's order for
# x86-64 (System V psABI, figure 3.36); u64 stack base. The stack's bytes follow.
HEAD = struct.Struct('<IQHBBI17QQ')
REGISTERS = struct.Struct('<15Q')


class Vcpu(object):
    """One vCPU's buffers, made before they are needed."""

    def __init__(self, number, context_at, stack_bytes):
        self.number = number
        self.context_at = context_at
        self.stack = ctypes.create_string_buffer(stack_bytes)
        self.stack_at = ctypes.addressof(self.stack)
        self.rip = ctypes.c_uint64.from_address(context_at + CONTEXT_RIP)
        self.rsp = ctypes.c_uint64.from_address(context_at + CONTEXT_RSP)
        self.flags = ctypes.c_uint64.from_address(context_at + CONTEXT_FLAGS)
        self.root = ctypes.c_uint64.from_address(context_at + CONTEXT_CTRLREG + 3 * 8)
        self.user_root = ctypes.c_uint64.from_address(context_at + CONTEXT_CTRLREG + 1 * 8)
        self.state = 0
        self.failed = True
        self.used_root = 0
        self.bytes = 0


class Sampler(object):
    """Takes photographs of one domain and keeps the books."""

    def __init__(self, xen, shutter, memory, watchdog, domid, stack_bytes, is_pv, addresses_only):
        self.xen = xen
        self.shutter = shutter
        self.memory = memory
        self.text = Text(memory)
        self.watchdog = watchdog
        self.domid = domid
        self.stack_bytes = stack_bytes
        self.is_pv = is_pv
        self.addresses_only = addresses_only
        self.schedule = Schedule()
        self.start_ns = 0
        self.vcpus = {}
        self.up = []
        self.pauses = Pauses()
        self.samples = 0
        self.lost = 0
        self.gone = None
        self.native = None
        self.fresh_ns = now_ns()

    def use_native(self, native):
        self.native = native
        self.memory.keeps_beliefs = True

    def begin(self, start_ns):
        self.start_ns = start_ns
        if self.native:
            self.native.session.start_ns = start_ns

    def warm(self):
        """Maps, with the guest running, what the first pauses would otherwise have to map."""
        if self.native:
            self.native.serve(self, self.schedule)
        domain = self.look()
        if domain is not None:
            self.up = self.online(domain)
            self.shutter.read(self.up)
            if not self.addresses_only:
                self.copy_stacks(self.up)
        self.memory.translations.clear()
        self.memory.tidy(self.stack_bytes)

    def look(self):
        """The domain as it is now, or None with `gone` saying why it can no longer be recorded."""
        domain = self.xen.domain(self.domid)
        if domain is None:
            self.gone = 'the guest was destroyed'
        elif domain.flags & DYING:
            self.gone = 'the guest is being destroyed'
        elif domain.flags & SHUTDOWN:
            self.gone = 'the guest has shut down: ' + SHUTDOWN_REASONS.get(domain.flags >> 16 & 255, 'reason %d' % (domain.flags >> 16 & 255))
        else:
            return domain
        return None

    def online(self, domain):
        """The vCPUs that are up, with their states read now."""
        up = []
        for number in range(domain.highest_vcpu + 1):
            found = self.xen.vcpu(self.domid, number)
            if found is None:
                continue
            vcpu = self.vcpus.get(number)
            if vcpu is None:
                vcpu = self.vcpus[number] = Vcpu(number, self.shutter.buffer(), self.stack_bytes)
            vcpu.state = found[0]
            up.append(vcpu)
        if self.native and up and self.native.can_plan(self.stack_bytes, domain.highest_vcpu + 1):
            self.native.plan(up, domain.highest_vcpu)
        return up

    def photograph(self):
        """The next photographs, now that the first of them is due: records in one piece, and how many they are."""
        if self.native is None or self.native.planned is None:
            return self.tick()
        pieces, taken = [], 0
        for _ in range(3):
            self.native.show_windows(self.memory)
            outcome, records, count, lost = self.native.burst(now_ns() + (BURST_NS if self.schedule.period_ns < DENSE_NS else 0))
            pieces.append(records)
            taken += count
            self.lost += lost
            if outcome == UNPAUSE_FAILED:
                if not self.is_held():
                    self.watchdog.pausing.value = 0
                self.require_unpaused()
            if outcome in (NO_WINDOW, BELIEF):
                self.mend()
            elif outcome in (WAIT, FULL, SIGNAL) or taken:
                return b''.join(pieces), taken
            else:
                break
        records, count = self.tick()
        return b''.join(pieces) + records, taken + count

    def mend(self):
        """Opens the windows that shutter.c lacked, and closes those that no longer show what they did."""
        for _, root, page in self.native.troubled():
            if (root, page) in self.memory.windows:
                self.memory.close((root, page))
            self.memory.wanted.add((root, page))
        self.memory.tidy(self.stack_bytes)

    def tick(self):
        """One photograph of each vCPU without the native shutter."""
        began = now_ns()
        records = self.expose()
        self.schedule.advance(began, now_ns())
        return b''.join(records), len(records)

    def expose(self):
        domain = self.look()
        if domain is None:
            return []
        self.up = up = self.online(domain)
        if not up:
            return []
        if self.addresses_only or domain.flags & PAUSED:
            return self.expose_standing(up)
        shutter, pausing = self.shutter, self.watchdog.pausing
        before = now_ns()
        pausing.value = before
        paused = False
        try:
            paused = shutter.open(up)
            if paused:
                self.copy_stacks(up)
        finally:
            kept = paused and not shutter.close()
            after = now_ns()
            if not kept or not self.is_held():
                pausing.value = 0
        self.require_unpaused()
        if not paused:
            self.lost += len(up)
            return []
        shutter.settle(up)
        self.pauses.add(after - before)
        return self.develop(up, before - self.start_ns, after - before)

    def require_unpaused(self):
        if self.watchdog.pausing.value:
            # The mark stays: the watchdog tries again when we are gone.
            raise Fault('unpause-failed', 'Xen refused to unpause domain %d.' % self.domid, 'Run `xl unpause %d` on dom0 if `xl list` shows it paused.' % self.domid)

    def is_held(self):
        domain = self.xen.domain(self.domid)
        return domain is not None and bool(domain.flags & PAUSED)

    def expose_standing(self, up):
        """No pause: registers alone are wanted, or somebody else holds the guest. Then whatever moved meanwhile is not a photograph."""
        before = now_ns()
        self.shutter.read(up)
        if not self.addresses_only:
            self.copy_stacks(up)
            if not self.is_held():
                self.lost += len(up)
                return []
        return self.develop(up, before - self.start_ns, 0)

    def copy_stacks(self, vcpus):
        """The stacks that the registers just read point to. The guest is paused. Registers that were not read are old ones: no harm in those."""
        for vcpu in vcpus:
            root = vcpu.root.value
            if self.is_pv and not vcpu.flags.value & IN_KERNEL and vcpu.user_root.value:
                root = vcpu.user_root.value
            vcpu.used_root = root
            vcpu.bytes = self.memory.copy(root, vcpu.rsp.value, self.stack_bytes, vcpu.stack_at)

    def develop(self, up, time_ns, pause_ns):
        """Records of the photographs that hold: the page tables must still say what was believed while the guest stood still."""
        records = []
        for vcpu in up:
            rsp = vcpu.rsp.value
            flags, size = ALONE, 0
            if not self.addresses_only:
                size = vcpu.bytes
                flags = AT_HOLE if size < self.stack_bytes else AT_LIMIT
            if vcpu.failed or not self.addresses_only and not self.memory.holds(vcpu.used_root, rsp, size, self.stack_bytes):
                self.lost += 1
                continue
            u = REGISTERS.unpack(ctypes.string_at(vcpu.context_at + CONTEXT_REGISTERS, REGISTERS.size))
            records.append(HEAD.pack(
                160 + size, max(0, time_ns), vcpu.number, vcpu.state, flags, min(pause_ns, 0xffffffff),
                u[10], u[12], u[11], u[5], u[13], u[14], u[4], rsp, u[9], u[8], u[7], u[6], u[3], u[2], u[1], u[0], vcpu.rip.value, rsp,
            ) + ctypes.string_at(vcpu.stack_at, size))
        return records

    def text_page(self):
        """A page of text that was sampled and not yet sent, as a record, or None. Of a burst, its last photographs stand for all."""
        for vcpu in self.up:
            if not vcpu.failed or self.native:
                self.text.sampled(vcpu.root.value, vcpu.rip.value)
        return self.text.develop(now_ns() - self.start_ns)

    def skip(self):
        """A photograph that nobody would take from us: it is lost, and the guest is left alone."""
        now = now_ns()
        self.lost += len(self.up)
        self.schedule.advance(now, now)

    def tidy(self):
        self.memory.tidy(self.stack_bytes)
        if not self.is_pv and now_ns() - self.fresh_ns > STALE_NS:
            self.memory.refresh(self.stack_bytes)
            self.fresh_ns = now_ns()
