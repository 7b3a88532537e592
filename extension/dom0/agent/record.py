# Recording: photographs of a guest's vCPUs at a steady rate. Inside a pause there are the registers, the copy of the stack, and nothing else.
import gc
import zlib

FLUSH_NS = 200 * 10 ** 6
STATUS_NS = 250 * 10 ** 6
# The longest rest after a tick; the guest cannot make us miss more than this by being slow to pause.
REST_NS = 100 * 10 ** 6
# Photographs that standard output has not taken yet; beyond it they count as lost.
QUEUE_LIMIT = 8 << 20
# A frame is never much larger than this.
PIECE_LIMIT = 1 << 20
STACK_LIMIT = 256 << 10
# Guest frames can change hands under a mapping (HVM, PVH); machine frames cannot while they are mapped.
STALE_NS = 2 * 10 ** 9
AT_LIMIT, AT_HOLE = 1, 2

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

    def __init__(self, xen, shutter, memory, watchdog, domid, stack_bytes):
        self.xen = xen
        self.shutter = shutter
        self.memory = memory
        self.text = Text(memory)
        self.watchdog = watchdog
        self.domid = domid
        self.stack_bytes = stack_bytes
        self.vcpus = {}
        self.pauses = Pauses()
        self.samples = 0
        self.lost = 0
        self.gone = None
        self.is_pv = True
        self.fresh_ns = now_ns()

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
        return up

    def copy_stacks(self, vcpus):
        """The stacks that the registers just read point to. The guest is paused. Registers that were not read are old ones: no harm in those."""
        for vcpu in vcpus:
            root = vcpu.root.value
            if self.is_pv and not vcpu.flags.value & IN_KERNEL and vcpu.user_root.value:
                root = vcpu.user_root.value
            vcpu.used_root = root
            vcpu.bytes = self.memory.copy(root, vcpu.rsp.value, self.stack_bytes, vcpu.stack_at)

    def tick(self, start_ns):
        """One photograph of each vCPU; a list of records."""
        domain = self.look()
        if domain is None:
            return []
        up = self.online(domain)
        if not up:
            return []
        if domain.flags & PAUSED:
            return self.tick_standing(up, start_ns)
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
        if pausing.value:
            # The mark stays: the watchdog tries again when we are gone.
            raise Fault('unpause-failed', 'Xen refused to unpause domain %d.' % self.domid, 'Run `xl unpause %d` on dom0 if `xl list` shows it paused.' % self.domid)
        if not paused:
            self.lost += len(up)
            return []
        shutter.settle(up)
        self.pauses.add(after - before)
        return self.develop(up, before - start_ns, after - before)

    def is_held(self):
        domain = self.xen.domain(self.domid)
        return domain is not None and bool(domain.flags & PAUSED)

    def tick_standing(self, up, start_ns):
        """Somebody else holds the guest paused: nothing to pause, nothing to take back. Whatever moved meanwhile is not a photograph."""
        before = now_ns()
        self.shutter.read(up)
        self.copy_stacks(up)
        if not self.is_held():
            self.lost += len(up)
            return []
        return self.develop(up, before - start_ns, 0)

    def develop(self, up, time_ns, pause_ns):
        """Records of the photographs that hold: the page tables must still say what was believed while the guest stood still."""
        records = []
        for vcpu in up:
            rsp = vcpu.rsp.value
            if vcpu.failed or not self.memory.holds(vcpu.used_root, rsp, vcpu.bytes, self.stack_bytes):
                self.lost += 1
                continue
            u = REGISTERS.unpack(ctypes.string_at(vcpu.context_at + CONTEXT_REGISTERS, REGISTERS.size))
            rip = ctypes.c_uint64.from_address(vcpu.context_at + CONTEXT_RIP).value
            self.text.sampled(vcpu.used_root, rip)
            flags = AT_HOLE if vcpu.bytes < self.stack_bytes else AT_LIMIT
            records.append(HEAD.pack(
                160 + vcpu.bytes, max(0, time_ns), vcpu.number, vcpu.state, flags, min(pause_ns, 0xffffffff),
                u[10], u[12], u[11], u[5], u[13], u[14], u[4], rsp, u[9], u[8], u[7], u[6], u[3], u[2], u[1], u[0], rip, rsp,
            ) + ctypes.string_at(vcpu.stack_at, vcpu.bytes))
        return records

    def warm(self):
        """Maps, with the guest running, what the first pauses would otherwise have to map."""
        domain = self.look()
        if domain is not None:
            up = self.online(domain)
            self.shutter.read(up)
            self.copy_stacks(up)
        self.memory.translations.clear()
        self.memory.tidy(self.stack_bytes)

    def tidy(self):
        self.memory.tidy(self.stack_bytes)
        if not self.is_pv and now_ns() - self.fresh_ns > STALE_NS:
            self.memory.forget()
            self.warm()
            self.fresh_ns = now_ns()


class Stream(object):
    """Photographs as one zlib stream, flushed so that each frame can be read as it comes."""

    def __init__(self, wire):
        self.wire = wire
        self.squeezer = zlib.compressobj(1)
        self.pieces = []
        self.squeezed = 0
        self.waiting = False

    def add(self, record):
        piece = self.squeezer.compress(record)
        self.pieces.append(piece)
        self.squeezed += len(piece)
        self.waiting = True

    def flush(self, mode):
        if self.waiting or mode == zlib.Z_FINISH:
            self.pieces.append(self.squeezer.flush(mode))
            self.wire.send('P', b''.join(self.pieces))
            self.pieces = []
            self.squeezed = 0
            self.waiting = False


class Recording(object):
    def __init__(self, wire, request):
        self.wire = wire
        self.domid = request['domid']
        self.path = request.get('path') or ()
        self.rate_hz = min(10000.0, max(0.1, float(request['rateHz'])))
        duration = request.get('durationMs')
        self.duration_ns = None if duration is None else int(duration * 1e6)
        self.stack_bytes = min(STACK_LIMIT, max(64, int(request.get('maxStackBytes') or 16384)))
        self.missed = 0
        self.signalled = None
        self.start_ns = 0

    def run(self):
        """From the request to the end; what it says last is the 'D' frame's."""
        xen = Xen(self.path)
        domain = xen.domain(self.domid)
        if domain is None or self.domid == 0:
            raise Fault('no-guest', 'dom0 has no guest with the id %d.' % self.domid, 'Refresh the list of guests: a guest that was restarted has a new id.')
        if xen.width(self.domid) != 8:
            raise Fault('guest-32-bit', 'Domain %d is not in 64-bit mode.' % self.domid, 'Only 64-bit guests can be recorded; if it is still booting, try again.')
        for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self.on_signal)
        memory = Memory(self.domid, self.path)
        shutter = open_shutter(xen, self.domid, self.path)
        watchdog = Watchdog(self.domid, self.path)
        self.wire.on_heard = lambda ns: setattr(watchdog.heard, 'value', ns)
        sampler = Sampler(xen, shutter, memory, watchdog, self.domid, self.stack_bytes)
        sampler.is_pv = not domain.flags & HVM
        self.wire.json('J', self.hello(domain, shutter))
        self.wire.pump()
        try:
            os.setpriority(os.PRIO_PROCESS, 0, -15)  # a pause lasts as long as dom0 leaves us our processor
        except OSError:
            pass  # not root: pauses may be longer, nothing else
        # libxenctrl prints its errors; nobody may wait for a full pipe inside a pause.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        gc.collect()
        gc.disable()
        sampler.warm()
        end = self.loop(sampler, Stream(self.wire))
        watchdog.release()
        self.wire.json('D', end)
        self.wire.drain(10)

    def on_signal(self, number, _frame):
        self.signalled = number

    def hello(self, domain, shutter):
        return {
            'domid': self.domid, 'vcpus': domain.highest_vcpu + 1, 'rateHz': self.rate_hz, 'maxStackBytes': self.stack_bytes, 'xenVersion': xen_version(),
            'shutter': 'hypercalls' if isinstance(shutter, FastShutter) else 'libxenctrl', 'python': '%d.%d.%d' % sys.version_info[:3], 'startedAtMs': int(time.time() * 1000),
        }

    def status(self, sampler):
        return {
            'elapsedMs': (now_ns() - self.start_ns) // 10 ** 6, 'samples': sampler.samples, 'lost': sampler.lost, 'missed': self.missed,
            'pause': sampler.pauses.report(),
        }

    def loop(self, sampler, stream):
        """Ticks by an absolute schedule: a tick whose moment is over is missed, never made up for."""
        wire = self.wire
        period = 1e9 / self.rate_hz
        self.start_ns = start = now_ns()
        number = 0
        rested = start
        flush_at, status_at = start + FLUSH_NS // 2, start + STATUS_NS
        while True:
            due = start + int(number * period)
            ended = self.wait(max(due, rested), sampler)
            if ended:
                break
            began = now_ns()
            records = sampler.tick(start)
            page = sampler.text.develop(now_ns() - start)
            if page is not None:
                stream.add(page)  # before the samples that are to be named by it
            for record in records:
                if wire.queued > QUEUE_LIMIT:
                    sampler.lost += 1
                else:
                    stream.add(record)
                    sampler.samples += 1
            if sampler.gone:
                ended = {'reason': 'guest-gone', 'message': 'The recording ended because %s.' % sampler.gone}
                break
            sampler.tidy()
            now = now_ns()
            if now >= flush_at or stream.squeezed > PIECE_LIMIT:
                stream.flush(zlib.Z_SYNC_FLUSH)
                flush_at = now + FLUSH_NS
            if now >= status_at:
                if not sampler.watchdog.is_alive():
                    raise Fault('no-watchdog', 'The watchdog process on dom0 was killed, so the recording was ended.', 'Record again.')
                wire.json('S', self.status(sampler))
                status_at = now + STATUS_NS
            wire.pump()
            number += 1
            # At most half of a processor: with one vCPU, dom0 and all its other guests' devices live on what is left.
            now = now_ns()
            rested = now + min(now - began, REST_NS)
            late = int((rested - start) / period) - number
            if late > 0:
                self.missed += late
                number += late
        if ended['reason'] == 'duration':
            self.missed += max(0, -int(-self.duration_ns // period) - number)
        stream.flush(zlib.Z_FINISH)
        ended['status'] = self.status(sampler)
        return ended

    def wait(self, due, sampler):
        """Serves the wire until the moment has come. Returns how the recording ends, or None."""
        wire = self.wire
        stop_at = None if self.duration_ns is None else self.start_ns + self.duration_ns
        while True:
            while wire.messages:
                message = wire.messages.popleft()
                if isinstance(message, dict) and message.get('op') == 'stop':
                    return {'reason': 'stopped'}
            if self.signalled:
                return {'reason': 'failed', 'message': 'The agent on dom0 was ended by signal %d; what was collected is kept.' % self.signalled}
            now = now_ns()
            if wire.closed or now - wire.heard_ns > SILENCE_NS:
                sampler.watchdog.release()
                raise Gone()
            if stop_at is not None and (now >= stop_at or due >= stop_at):
                if now >= stop_at:
                    return {'reason': 'duration'}
                left = stop_at - now
            elif now >= due:
                wire.hear()
                return None
            else:
                left = due - now
            # poll counts in milliseconds; the rest is slept
            if left > 2 * 10 ** 6:
                wire.poll(min(left / 1e9 - 0.001, 0.25))
            else:
                time.sleep(left / 1e9)


def record(wire, request):
    Recording(wire, request).run()
