# Recording: from the request to the end. Photographs go out as they come, and the client hears four times a second how it goes.
import gc

FLUSH_NS = 200 * 10 ** 6
STATUS_NS = 250 * 10 ** 6
# Photographs that standard output has not taken yet; beyond it they count as lost.
QUEUE_LIMIT = 8 << 20
# A frame is never much larger than this.
PIECE_LIMIT = 1 << 20
RATE_LIMIT_HZ = 50000.0


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
        self.rate_hz = min(RATE_LIMIT_HZ, max(0.1, float(request['rateHz'])))
        duration = request.get('durationMs')
        self.duration_ns = None if duration is None else int(duration * 1e6)
        self.stack_bytes = min(STACK_LIMIT, max(64, int(request.get('maxStackBytes') or 16384)))
        self.addresses_only = request.get('mode') == 'addresses'
        self.budget = Budget(min(1.0, max(1e-5, float(request.get('maxPauseShare') or 1))), 1e9 / self.rate_hz)
        self.only = request.get('shutter')
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
        shutter, native, slower = open_shutter(xen, self.domid, self.path, self.only)
        watchdog = Watchdog(self.domid, self.path)
        self.wire.on_heard = lambda ns: setattr(watchdog.heard, 'value', ns)
        sampler = Sampler(xen, shutter, memory, watchdog, self.domid, self.stack_bytes, not domain.flags & HVM, self.addresses_only)
        if native:
            sampler.use_native(native)
        self.wire.json('J', self.hello(domain, shutter, native, slower))
        self.wire.pump()
        try:
            os.setpriority(os.PRIO_PROCESS, 0, -15)  # a pause lasts as long as dom0 leaves us our processor
        except OSError:
            pass  # not root: pauses may be longer, nothing else
        # libxenctrl prints its errors; nobody may wait for a full pipe inside a pause.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        gc.collect()
        gc.disable()
        end = self.loop(sampler, Stream(self.wire))
        watchdog.release()
        self.wire.json('D', end)
        self.wire.drain(10)

    def on_signal(self, number, _frame):
        self.signalled = number

    def hello(self, domain, shutter, native, slower):
        return {
            'domid': self.domid, 'vcpus': domain.highest_vcpu + 1, 'rateHz': self.rate_hz, 'maxStackBytes': self.stack_bytes, 'xenVersion': xen_version(),
            'mode': 'addresses' if self.addresses_only else 'stacks', 'shutter': 'native' if native else shutter.name, 'slower': slower,
            'python': '%d.%d.%d' % sys.version_info[:3], 'startedAtMs': int(time.time() * 1000),
        }

    def status(self, sampler):
        status = {
            'elapsedMs': (now_ns() - self.start_ns) // 10 ** 6, 'samples': sampler.samples, 'lost': sampler.lost, 'missed': sampler.schedule.missed,
            'pause': sampler.pauses.report(),
        }
        capped = self.budget.capped_hz()
        if capped is not None and sampler.pauses.count:
            status['cappedHz'] = capped
        return status

    def loop(self, sampler, stream):
        wire, schedule, budget = self.wire, sampler.schedule, self.budget
        sampler.warm()
        self.start_ns = start = now_ns()
        sampler.begin(start)
        budget.begin(schedule, start)
        flush_at, status_at = start + FLUSH_NS // 2, start + STATUS_NS
        while True:
            ended = self.wait(schedule.due(), sampler)
            if ended:
                break
            worked = now_ns()
            if wire.queued > QUEUE_LIMIT:
                sampler.skip()
            else:
                records, count = sampler.photograph()
                worked = now_ns()
                page = sampler.text_page()
                if page is not None:
                    stream.add(page)  # before the samples that are to be named by it
                if count:
                    stream.add(records)
                    sampler.samples += count
            if sampler.gone:
                ended = {'reason': 'guest-gone', 'message': 'The recording ended because %s.' % sampler.gone}
                break
            sampler.tidy()
            now = now_ns()
            budget.keep(schedule, sampler.pauses, now)
            if now >= flush_at or stream.squeezed > PIECE_LIMIT:
                stream.flush(zlib.Z_SYNC_FLUSH)
                flush_at = now + FLUSH_NS
            if now >= status_at:
                if not sampler.watchdog.is_alive():
                    raise Fault('no-watchdog', 'The watchdog process on dom0 was killed, so the recording was ended.', 'Record again.')
                wire.json('S', self.status(sampler))
                status_at = now + STATUS_NS
            wire.pump()
            schedule.work(worked, now_ns())
        if ended['reason'] == 'duration':
            schedule.end(self.start_ns + self.duration_ns)
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
