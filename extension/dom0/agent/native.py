# shutter.c in dom0: loaded from memory, nothing is written to a disk. It takes many photographs in one call; what it cannot do it leaves to Python.
import base64
import mmap
import zlib

# The compiled shutter.c for x86-64, deflated, base64; empty where it could not be built. source.ts sets it before this.
RING_BYTES = 1 << 20
MIRROR_BYTES = 1 << 16
VCPUS_LIMIT = 128
WINDOW_SLOTS = 4 * WINDOWS_LIMIT
GET_VCPU_INFO = 14
IOCTL_PRIVCMD = '/dev/xen/privcmd'
# enum outcome
WAIT, FULL, LOOK, NO_WINDOW, BELIEF, UNPAUSE_FAILED, SIGNAL = range(7)


def words(*names):
    return [(name, ctypes.c_uint64) for name in names]


class Call(ctypes.Structure):
    _fields_ = words('number', 'first', 'second', 'third', 'fourth', 'fifth')


class Belief(ctypes.Structure):
    _fields_ = words('entry', 'mask', 'value')


class Window(ctypes.Structure):
    _fields_ = words('root', 'page', 'at', 'bytes', 'beliefs', 'belief_count')


class NativeVcpu(ctypes.Structure):
    _fields_ = words('number', 'planned', 'context', 'info', 'look', 'read', 'stack', 'mirror', 'window', 'root', 'bytes', 'state', 'trouble')


class Session(ctypes.Structure):
    _fields_ = (
        words('ioctl', 'clock_gettime', 'clock_nanosleep', 'memcpy', 'privcmd', 'domid', 'is_pv', 'stack_bytes', 'addresses_only')
        + [('look', Call), ('open', Call), ('close', Call)]
        + words('looked', 'opened', 'domain', 'pausing', 'vcpus', 'vcpu_count', 'windows', 'window_mask', 'ring', 'ring_bytes', 'ring_used')
        + words('start_ns', 'schedule', 'pauses', 'samples', 'lost')
    )


def load_native():
    """The function, and the library that must outlive it. A Fault says why there is none."""
    refused = lambda why: Fault('no-native', 'The native shutter does not run on this dom0: %s.' % why, 'Recording works without it, with longer pauses.')
    if not NATIVE_SHUTTER:
        raise refused('this build of Ringside has none')
    if os.uname()[4] != 'x86_64' or ctypes.sizeof(ctypes.c_void_p) != 8:
        raise refused('it is made for x86-64 (%s)' % os.uname()[4])
    libc = ctypes.PyDLL(None, use_errno=True)
    try:
        file = libc.memfd_create(b'ringside', 1)
    except AttributeError:
        file = libc.syscall(319, b'ringside', 1)  # the C library is older than the kernel
    if file < 0:
        raise refused('memfd_create: %s' % os.strerror(ctypes.get_errno()))
    try:
        data = zlib.decompress(base64.b64decode(NATIVE_SHUTTER))
        if os.write(file, data) != len(data):
            raise refused('there is no memory for it')
        # PyDLL keeps the interpreter's lock: nothing else may run between a pause and an unpause.
        library = ctypes.PyDLL('/proc/self/fd/%d' % file, use_errno=True)
    except OSError as problem:
        raise refused(str(problem))
    finally:
        os.close(file)
    call = library.ringside_photograph
    call.restype = ctypes.c_long
    call.argtypes = [ctypes.c_void_p, ctypes.c_uint64]
    return call, libc


class Native(object):
    """Bursts of photographs of one domain. `fast` is the FastShutter whose hypercalls it makes."""

    def __init__(self, fast, domid):
        self.call, self.libc = load_native()
        self.fast = fast
        try:
            self.privcmd = os.open(IOCTL_PRIVCMD, os.O_RDWR | os.O_CLOEXEC)
        except OSError as problem:
            raise Fault('no-native', 'The native shutter cannot open %s: %s.' % (IOCTL_PRIVCMD, problem.strerror), 'Recording works without it, with longer pauses.')
        self.session = session = Session()
        for name in ('ioctl', 'clock_gettime', 'clock_nanosleep', 'memcpy'):
            setattr(session, name, ctypes.cast(getattr(self.libc, name), ctypes.c_void_p).value)
        self.ring = mmap.mmap(-1, RING_BYTES)
        self.ring_view = memoryview(self.ring)
        session.ring, session.ring_bytes = ctypes.addressof(ctypes.c_char.from_buffer(self.ring)), RING_BYTES
        session.privcmd, session.domid = self.privcmd, domid
        self.table = (Window * WINDOW_SLOTS)()
        session.windows, session.window_mask = ctypes.addressof(self.table), WINDOW_SLOTS - 1
        self.shown = set()
        self.kept = {}
        self.vcpus = ()
        self.planned = None
        self.mirrors = {}

    def serve(self, sampler, schedule):
        """Everything that stays as it is during a recording."""
        session = self.session
        session.is_pv, session.stack_bytes, session.addresses_only = sampler.is_pv, sampler.stack_bytes, sampler.addresses_only
        session.pausing = ctypes.addressof(sampler.watchdog.pausing)
        session.schedule, session.pauses = ctypes.addressof(schedule), ctypes.addressof(sampler.pauses)

    def can_plan(self, stack_bytes, vcpu_count):
        return vcpu_count <= VCPUS_LIMIT and vcpu_count * (stack_bytes + stack_bytes // 256 + 256) <= RING_BYTES

    def plan(self, up, highest):
        """The hypercalls for vCPUs 0 to `highest`, of which `up` are online. Twice the same costs nothing."""
        numbers = tuple(vcpu.number for vcpu in up)
        if self.planned == (numbers, highest):
            return
        fast, session = self.fast, self.session
        count = highest + 1
        steps = 1 + count
        memory = fast.pages((steps * (64 + DOMCTL_BYTES) + 4095) // 4096)
        targets = [memory + steps * 64 + step * DOMCTL_BYTES for step in range(steps)]
        fast.domctl(targets[0], GET_INFO)
        for number in range(count):
            fast.domctl(targets[1 + number], GET_VCPU_INFO, struct.pack('<I', number))
        for step, target in enumerate(targets):
            ctypes.memmove(memory + step * 64, struct.pack('<QqQ', HYPERCALL_DOMCTL, 0, target), 24)
        session.look = Call(HYPERCALL_MULTICALL, memory, steps)
        session.looked, session.domain = memory, targets[0] + 16
        reading, reading_steps, _ = fast.plan(up)
        session.opened = reading
        if session.addresses_only:
            session.open = Call(HYPERCALL_MULTICALL, reading + 64, reading_steps - 1)
        else:
            session.open = Call(HYPERCALL_MULTICALL, reading, reading_steps)
        session.close = Call(HYPERCALL_DOMCTL, fast.unpause_at)
        self.vcpus = (NativeVcpu * count)()
        for number, vcpu in enumerate(self.vcpus):
            vcpu.number = number
            vcpu.look, vcpu.info = memory + 64 * (1 + number), targets[1 + number] + 16
        for place, vcpu in enumerate(up):
            native = self.vcpus[vcpu.number]
            mirror = self.mirrors.setdefault(vcpu.number, ctypes.create_string_buffer(MIRROR_BYTES))
            native.planned, native.context, native.stack, native.mirror = 1, vcpu.context_at, vcpu.stack_at, ctypes.addressof(mirror)
            native.read = reading + 64 * (1 + place)
        session.vcpus, session.vcpu_count = ctypes.addressof(self.vcpus), count
        self.planned = (numbers, highest)

    def show_windows(self, memory):
        """Lets shutter.c see the windows that are open now."""
        if memory.closed:
            ctypes.memset(ctypes.addressof(self.table), 0, ctypes.sizeof(self.table))
            self.shown.clear()
            self.kept.clear()
            memory.closed = False
        for key in memory.windows:
            if key not in self.shown:
                self.show(key, memory)

    def show(self, key, memory):
        root, page = key
        address, size = memory.windows[key]
        beliefs = memory.beliefs[key]
        kept = (Belief * len(beliefs))(*[(entry, mask, value) for entry, (mask, value) in beliefs.items()])
        slot = ((page * 0x9e3779b97f4a7c15 & WORD) ^ root) >> 12
        while self.table[slot & WINDOW_SLOTS - 1].at:
            slot += 1
        # a window of no size has an address too: it is known that nothing is there
        self.table[slot & WINDOW_SLOTS - 1] = Window(root, page, address or 1, size, ctypes.addressof(kept), len(beliefs))
        self.kept[key] = kept
        self.shown.add(key)

    def burst(self, until_ns):
        """Photographs until the next would be after that moment, or shutter.c needs us: what for, their records, how many, how many were lost."""
        session = self.session
        session.ring_used = session.samples = session.lost = 0
        outcome = self.call(ctypes.addressof(session), until_ns)
        return outcome, bytes(self.ring_view[:session.ring_used]), session.samples, session.lost

    def troubled(self):
        """(trouble, cr3, page number) of the vCPUs that shutter.c could not photograph."""
        found = []
        for vcpu in self.vcpus:
            if vcpu.planned and vcpu.trouble:
                rsp = ctypes.c_uint64.from_address(vcpu.context + CONTEXT_RSP).value
                found.append((vcpu.trouble, vcpu.root, rsp >> 12))
        return found
