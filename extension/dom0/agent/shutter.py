# Pausing a domain and reading its registers, in the fewest steps. The fast way is two hypercalls a photograph, however many vCPUs there are: one
# multicall with XEN_DOMCTL_pausedomain and a XEN_DOMCTL_getvcpucontext each, one XEN_DOMCTL_unpausedomain (xen/include/public/domctl.h, xen.h).
# domctl's version differs from Xen to Xen, but not the numbers and members used here; it is found by asking. Where that fails, libxenctrl
# does the same in more calls.
XENCALL = 'libxencall.so.1'
HYPERCALL_MULTICALL, HYPERCALL_DOMCTL = 13, 36
PAUSE, UNPAUSE, GET_INFO, GET_CONTEXT = 3, 4, 5, 13
# xen_domctl is 144 bytes; Xen may write all of it back
DOMCTL_BYTES = 256
# Xen 4.4 has 0xa, 4.20 has 0x17
DOMCTL_VERSIONS = range(0xa, 0x30)


def open_shutter(xen, domid, path, only=None):
    """
    The fastest that runs here: the shutter, the Native that drives it or None, and why it is not a faster one (or None).
    `only` asks for one of them, for measurements: native, hypercalls or libxenctrl.
    """
    if only == PlainShutter.name:
        return PlainShutter(xen, domid), None, None
    try:
        fast = FastShutter(domid, path)
    except Fault as fault:
        return PlainShutter(xen, domid), None, fault.message
    if only == FastShutter.name:
        return fast, None, None
    try:
        return fast, Native(fast, domid), None
    except Fault as fault:
        return fast, None, fault.message


class PlainShutter(object):
    """By libxenctrl, call by call."""
    name = 'libxenctrl'

    def __init__(self, xen, domid):
        self.lib, self.handle, self.domid = xen.lib, xen.handle, domid
        self.buffers = []

    def buffer(self):
        """Room for one vCPU's context; its address."""
        self.buffers.append(ctypes.create_string_buffer(CONTEXT_BYTES))
        return ctypes.addressof(self.buffers[-1])

    def read(self, vcpus):
        """The registers of vCPUs, whether the guest runs or not; Xen stops each for the moment."""
        for vcpu in vcpus:
            vcpu.failed = self.lib.xc_vcpu_getcontext(self.handle, self.domid, vcpu.number, vcpu.context_at) != 0

    def open(self, vcpus):
        """Pauses the domain and reads the registers; whether it is paused now. Which registers could be read, `settle` says."""
        if self.lib.xc_domain_pause(self.handle, self.domid):
            return False
        self.read(vcpus)
        return True

    def settle(self, vcpus):
        """Says of each vCPU whether its registers could be read. The guest runs again: there is time."""

    def close(self):
        """Takes back the pause; whether Xen did."""
        return self.lib.xc_domain_unpause(self.handle, self.domid) == 0


class FastShutter(object):
    """By hypercalls of our own making, through libxencall."""
    name = 'hypercalls'

    def __init__(self, domid, path):
        files = library_files(XENCALL, path)
        lib = None
        try:
            lib = ctypes.PyDLL(files[0], use_errno=True) if files else None
        except OSError:
            pass  # the same as none
        if lib is None:
            raise Fault('no-libxencall', 'libxencall was not found on dom0.', 'Recording works without it, with longer pauses.')
        pointer, word = ctypes.c_void_p, ctypes.c_uint64
        lib.xencall_open.restype = pointer
        lib.xencall_open.argtypes = [pointer, ctypes.c_uint]
        lib.xencall_alloc_buffer_pages.restype = pointer
        lib.xencall_alloc_buffer_pages.argtypes = [pointer, ctypes.c_size_t]
        lib.xencall1.argtypes = [pointer, ctypes.c_uint, word]
        lib.xencall2.argtypes = [pointer, ctypes.c_uint, word, word]
        handle = lib.xencall_open(None, 0)
        if not handle:
            raise no_privilege()
        self.lib, self.handle, self.domid = lib, pointer(handle), domid
        self.call1, self.call2 = lib.xencall1, lib.xencall2
        self.plans = {}
        self.version = 0
        page = self.pages(1)
        self.version = self.find_version(page)
        self.pause_at = self.domctl(page, PAUSE)
        self.unpause_at = self.domctl(page + DOMCTL_BYTES, UNPAUSE)

    def pages(self, count):
        """Memory that Xen can reach at any moment."""
        address = self.lib.xencall_alloc_buffer_pages(self.handle, count)
        if not address:
            raise Fault('no-memory', 'dom0 has no memory for hypercalls.', 'Give dom0 more memory.')
        ctypes.memset(address, 0, count * 4096)
        return address

    def domctl(self, address, command, rest=b''):
        data = struct.pack('<IIH6x', command, self.version, self.domid) + rest
        ctypes.memmove(address, data, len(data))
        return address

    def find_version(self, page):
        for version in DOMCTL_VERSIONS:
            self.version = version
            if self.call1(self.handle, HYPERCALL_DOMCTL, self.domctl(page, GET_INFO)) == 0:
                return version
            if ctypes.get_errno() != errno.EACCES:
                break
        raise Fault('xen-mismatch', 'This Xen has a domctl that is not known.', 'Recording works without it, with longer pauses.')

    def buffer(self):
        return self.pages(CONTEXT_BYTES // 4096)

    def plan(self, vcpus):
        """The multicall for a set of vCPUs: its address, its length, and the results' addresses."""
        key = tuple(vcpu.number for vcpu in vcpus)
        plan = self.plans.get(key)
        if plan is None:
            steps = 1 + len(vcpus)
            memory = self.pages((steps * (64 + DOMCTL_BYTES) + 4095) // 4096)
            targets = [self.pause_at]
            for vcpu in vcpus:
                address = memory + steps * 64 + len(targets) * DOMCTL_BYTES - DOMCTL_BYTES
                targets.append(self.domctl(address, GET_CONTEXT, struct.pack('<I4xQ', vcpu.number, vcpu.context_at)))
            for step, target in enumerate(targets):
                ctypes.memmove(memory + step * 64, struct.pack('<QqQ', HYPERCALL_DOMCTL, 0, target), 24)
            results = [ctypes.c_int64.from_address(memory + step * 64 + 8) for step in range(steps)]
            plan = self.plans[key] = (memory, steps, results)
        return plan

    def read(self, vcpus):
        # the multicall without its first step
        memory, steps, results = self.plan(vcpus)
        for result in results[1:]:
            result.value = -1
        self.call2(self.handle, HYPERCALL_MULTICALL, memory + 64, steps - 1)
        self.settle(vcpus)

    def open(self, vcpus):
        memory, steps, results = self.plan(vcpus)
        results[0].value = -1
        self.call2(self.handle, HYPERCALL_MULTICALL, memory, steps)
        return results[0].value == 0

    def settle(self, vcpus):
        for vcpu, result in zip(vcpus, self.plan(vcpus)[2][1:]):
            vcpu.failed = result.value != 0

    def close(self):
        return self.call1(self.handle, HYPERCALL_DOMCTL, self.unpause_at) == 0
