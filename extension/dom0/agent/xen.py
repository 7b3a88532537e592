# libxenctrl by ctypes: only functions whose signatures have not changed between Xen 4.5 and 4.20, and only those struct members
# whose places have not either (xen/include/public/domctl.h and arch-x86/xen.h).
import glob

XENCTRL = 'libxenctrl.so.4.*'
FOREIGN = 'libxenforeignmemory.so.1'

# xen_domctl_getdomaininfo.flags
DYING, HVM, SHUTDOWN, PAUSED = 1 << 0, 1 << 1, 1 << 2, 1 << 3
SHUTDOWN_REASONS = {0: 'it powered off', 1: 'it rebooted', 2: 'it was suspended', 3: 'it crashed', 4: 'its watchdog ended it', 5: 'it was soft-reset'}

# vcpu_guest_context of x86-64
CONTEXT_BYTES = 8192
CONTEXT_FLAGS, CONTEXT_REGISTERS, CONTEXT_RIP, CONTEXT_RSP, CONTEXT_CTRLREG = 512, 520, 648, 672, 4984
IN_KERNEL = 1 << 2


def extra_folders(path):
    """Library folders that belong to the configured folders of tools: /opt/xen/sbin has /opt/xen/lib beside it."""
    for folder in path:
        for name in ('lib', 'lib64', 'lib/*'):
            yield os.path.join(os.path.dirname(folder.rstrip('/')), name)


def version_key(path):
    return [int(part) for part in os.path.basename(path).split('.so.')[-1].split('.') if part.isdigit()]


def library_files(pattern, path=()):
    """Files that match in the usual library folders, the highest version first."""
    folders = list(extra_folders(path))
    folders += ['/usr/lib/*', '/usr/lib64', '/usr/lib', '/lib64', '/lib', '/lib/*', '/usr/local/lib', '/usr/local/lib64', '/usr/local/lib/*', '/usr/lib/xen*/lib*']
    found = {}
    for folder in folders:
        for file in glob.glob(os.path.join(folder, pattern)):
            found.setdefault(os.path.realpath(file), None)
    files = sorted(found, key=version_key, reverse=True)
    if not files:
        import ctypes.util
        name = ctypes.util.find_library(pattern.split('.so')[0][3:])
        files = [name] if name else []
    return files


def xen_version():
    """Such as 4.17.5, or None where the kernel does not run under Xen."""
    try:
        parts = []
        for name in ('major', 'minor', 'extra'):
            with open('/sys/hypervisor/version/' + name) as file:
                parts.append(file.read().strip())
        return parts[0] + '.' + parts[1] + parts[2]
    except (OSError, IOError):
        return None


def is_dom0():
    try:
        with open('/proc/xen/capabilities') as file:
            return 'control_d' in file.read()
    except (OSError, IOError):
        # xenfs is often not mounted; the device node is there all the same
        return os.path.exists('/dev/xen/privcmd') and xen_version() is not None


def no_xen():
    return Fault('no-xen', 'This machine does not run under Xen.', 'Check the host name; if it is the right machine, boot its Xen entry.')


def no_privilege():
    return Fault(
        'no-privilege',
        'User %s may not control Xen on this dom0.' % (os.environ.get('USER') or os.geteuid()),
        'Log in as root, or set "sudo": true for this host and allow the user sudo without a password (NOPASSWD) for python3.',
    )


class Domain(object):
    """What XEN_DOMCTL_getdomaininfo tells of a domain."""

    def __init__(self, flags, cpu_ns, highest_vcpu):
        self.flags = flags
        self.cpu_ns = cpu_ns
        self.highest_vcpu = highest_vcpu


class Xen(object):
    """A handle of libxenctrl, proved to fit the running Xen."""

    def __init__(self, path=()):
        files = library_files(XENCTRL, path)
        if not files:
            raise Fault('no-libxenctrl', 'libxenctrl was not found on dom0.', 'Install the Xen tools there (Debian: xen-utils, Fedora: xen-libs), or put their folder into "path" of this host.')
        problem = None
        for file in files:
            try:
                self.open(file)
                self.file = file
                return
            except Fault as fault:
                problem = problem or fault
        raise problem

    def open(self, file):
        # PyDLL keeps the interpreter's lock: nothing else may run between a pause and an unpause.
        try:
            lib = ctypes.PyDLL(file, use_errno=True)
        except OSError as problem:
            raise Fault('no-libxenctrl', '%s cannot be loaded: %s' % (file, problem), 'Repair the Xen tools on dom0.')
        pointer, u32 = ctypes.c_void_p, ctypes.c_uint32
        lib.xc_interface_open.restype = pointer
        lib.xc_interface_open.argtypes = [pointer, pointer, ctypes.c_uint]
        for call, arguments in (
            (lib.xc_domain_pause, [pointer, u32]),
            (lib.xc_domain_unpause, [pointer, u32]),
            (lib.xc_domain_getinfolist, [pointer, u32, ctypes.c_uint, pointer]),
            (lib.xc_vcpu_getinfo, [pointer, u32, u32, pointer]),
            (lib.xc_vcpu_getcontext, [pointer, u32, u32, pointer]),
            (lib.xc_domain_get_guest_width, [pointer, u32, pointer]),
        ):
            call.argtypes = arguments
        handle = lib.xc_interface_open(None, None, 0)
        if not handle:
            if ctypes.get_errno() in (errno.EACCES, errno.EPERM):
                raise no_privilege()
            raise Fault('no-xen', 'Xen cannot be reached: %s.' % os.strerror(ctypes.get_errno()), 'Boot its Xen entry; if it runs under Xen, load the module: modprobe xen-privcmd')
        self.lib = lib
        self.handle = pointer(handle)
        self.info = ctypes.create_string_buffer(4096)
        self.vcpu_info = ctypes.create_string_buffer(256)
        if lib.xc_domain_getinfolist(self.handle, 0, 1, self.info) < 0:
            number = ctypes.get_errno()
            if number == errno.EPERM:
                raise no_privilege()
            if number == errno.EACCES:
                raise Fault('xen-mismatch', '%s does not fit the running Xen %s.' % (file, xen_version()), 'Install the Xen tools of the running version, or reboot into the installed one.')
            raise Fault('no-xen', 'Xen does not answer: %s.' % os.strerror(number), 'Check `xl list` on dom0.')

    def domain(self, domid):
        """The domain's state, or None where there is none of this id. Takes no lock that a guest could hold."""
        if self.lib.xc_domain_getinfolist(self.handle, domid, 1, self.info) < 1:
            return None
        found, flags = struct.unpack_from('<HxxI', self.info, 0)
        if found != domid:
            return None
        cpu_ns, _, highest = struct.unpack_from('<QII', self.info, 56)
        return Domain(flags, cpu_ns, min(highest, 8191))

    def vcpu(self, domid, vcpu):
        """(state, cpu time in ns) of an online vCPU, or None. State: 0 running, 1 runnable, 2 blocked."""
        if self.lib.xc_vcpu_getinfo(self.handle, domid, vcpu, self.vcpu_info):
            return None
        online, blocked, running, cpu_ns = struct.unpack_from('<4xBBBxQ', self.vcpu_info, 0)
        if not online:
            return None
        # A vCPU that has just blocked is still on its processor for a moment: blocked is the truth.
        return (2 if blocked else 0 if running else 1), cpu_ns

    def width(self, domid):
        """Bytes of a word in the guest: 8 or 4; 8 where Xen does not say."""
        width = ctypes.c_uint(8)
        if self.lib.xc_domain_get_guest_width(self.handle, domid, ctypes.byref(width)):
            return 8
        return width.value
