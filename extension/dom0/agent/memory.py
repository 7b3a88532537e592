# The guest's memory: its page tables walked by ourselves over foreign mappings that are kept (xenforeignmemory.h; AMD64 Architecture
# Programmer's Manual 2, "Long-Mode Page Translation"). PV page tables hold machine frames, HVM and PVH ones guest frames: xenforeignmemory_map
# takes whichever the guest's kind calls for.

# 4096 pages of 4 KiB; far more than a guest's stacks and their page tables need.
PAGES_LIMIT = 4096
TRANSLATIONS_LIMIT = 8192
FRAME_MASK = 0x000ffffffffff000
PRESENT, LARGE = 1, 0x80


class Memory(object):
    """Addresses, in this process, of a guest's pages. Nothing read here is trusted: a walk has at most five steps, whatever it finds."""

    def __init__(self, domid, path=()):
        files = library_files(FOREIGN, path)
        if not files:
            raise Fault('no-libxenforeignmemory', 'libxenforeignmemory was not found on dom0.', 'Install the Xen tools there (Debian: libxenforeignmemory1, Fedora: xen-libs).')
        lib = ctypes.PyDLL(files[0], use_errno=True)
        pointer = ctypes.c_void_p
        lib.xenforeignmemory_open.restype = pointer
        lib.xenforeignmemory_open.argtypes = [pointer, ctypes.c_uint]
        lib.xenforeignmemory_map.restype = pointer
        lib.xenforeignmemory_map.argtypes = [pointer, ctypes.c_uint32, ctypes.c_int, ctypes.c_size_t, pointer, pointer]
        lib.xenforeignmemory_unmap.argtypes = [pointer, pointer, ctypes.c_size_t]
        handle = lib.xenforeignmemory_open(None, 0)
        if not handle:
            raise no_privilege()
        self.map = lib.xenforeignmemory_map
        self.unmap = lib.xenforeignmemory_unmap
        self.handle = pointer(handle)
        self.domid = domid
        self.frame = (ctypes.c_uint64 * 1)()
        self.error = (ctypes.c_int * 1)()
        self.pages = collections.OrderedDict()
        self.translations = {}

    def page(self, frame):
        """Address of a page of the guest, mapped on its first use; 0 where Xen does not give it."""
        address = self.pages.get(frame)
        if address is None:
            self.frame[0] = frame
            self.error[0] = 0
            address = self.map(self.handle, self.domid, 1, 1, self.frame, self.error) or 0
            if address and self.error[0]:
                self.unmap(self.handle, address, 1)
                address = 0
            if address:
                self.pages[frame] = address
        return address

    def walk(self, root, address):
        """Where the page tables at `root` (cr3) lead for a virtual address: our address of its page, or 0."""
        if (address + (1 << 47)) & 0xffffffffffffffff >= 1 << 48:
            return 0
        table = self.page((root & FRAME_MASK) >> 12)
        for shift in (39, 30, 21):
            if not table:
                return 0
            entry = ctypes.c_uint64.from_address(table + ((address >> shift) & 511) * 8).value
            if not entry & PRESENT:
                return 0
            frame = (entry & FRAME_MASK) >> 12
            if entry & LARGE and shift != 39:
                within = (1 << (shift - 12)) - 1
                return self.page((frame & ~within) | ((address >> 12) & within))
            table = self.page(frame)
        if not table:
            return 0
        entry = ctypes.c_uint64.from_address(table + ((address >> 12) & 511) * 8).value
        return self.page((entry & FRAME_MASK) >> 12) if entry & PRESENT else 0

    def translate(self, root, number):
        """The same for a page number, remembered. Whoever uses it must check with `still` when time is no longer short."""
        known = self.translations.get((root, number))
        if known is None:
            known = self.translations[(root, number)] = self.walk(root, number << 12)
        return known

    def still(self, root, number):
        """Whether a remembered translation is what the page tables say now; where not, it is forgotten."""
        if self.walk(root, number << 12) == self.translations.get((root, number)):
            return True
        self.translations.pop((root, number), None)
        return False

    def copy(self, root, start, limit, target):
        """Copies from `start` upwards until `limit` bytes or an unmapped page; returns (bytes, whether an unmapped page stopped it)."""
        at, end = start, min(start + limit, 1 << 64)
        while at < end:
            page = self.translate(root, at >> 12)
            if not page:
                return at - start, True
            count = min(4096 - (at & 4095), end - at)
            ctypes.memmove(target + at - start, page + (at & 4095), count)
            at += count
        return at - start, False

    def tidy(self):
        """Keeps the tables within their limits. Never while the guest is paused: unmapping takes time."""
        if len(self.translations) > TRANSLATIONS_LIMIT:
            self.translations.clear()
        if len(self.pages) > PAGES_LIMIT:
            self.forget(PAGES_LIMIT // 4)

    def forget(self, count):
        """Gives back the pages mapped first."""
        self.translations.clear()
        for _ in range(min(count, len(self.pages))):
            self.unmap(self.handle, self.pages.popitem(last=False)[1], 1)
