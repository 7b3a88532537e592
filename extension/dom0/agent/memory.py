# The guest's memory: its page tables walked by ourselves over foreign mappings that are kept (xenforeignmemory.h; AMD64 Architecture
# Programmer's Manual 2, "Long-Mode Page Translation"). PV page tables hold machine frames, HVM and PVH ones guest frames: xenforeignmemory_map
# takes whichever the guest's kind calls for.

# Pages of 4 KiB; far more than a guest's stacks and their page tables need.
PAGES_LIMIT = 4096
TRANSLATIONS_LIMIT = 8192
WINDOWS_LIMIT = 512
REFRESHED_WINDOWS = 32
FRAME_MASK = 0x000ffffffffff000
PRESENT, LARGE = 1, 0x80
NOWHERE = -1


class Memory(object):
    """Copies of a guest's memory. Nothing read here is trusted: a walk has four steps, whatever it finds.

    What is believed of the page tables is remembered, so that a copy made while the guest is paused walks nothing it has walked before;
    `holds` checks it against the page tables when time is no longer short.
    """

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
        self.foreign_map = lib.xenforeignmemory_map
        self.foreign_unmap = lib.xenforeignmemory_unmap
        self.handle = pointer(handle)
        self.domid = domid
        self.keeps_beliefs = False
        self.begin()

    def begin(self):
        # frame to our address of its page: page tables, and data until it has a window
        self.pages = collections.OrderedDict()
        # (root, page number) to frame, as last believed
        self.translations = {}
        # (root, page number) to (our address, bytes): that page and those after it, in one piece
        self.windows = collections.OrderedDict()
        # (root, page number) of a window to (address of a page-table entry, mask, value) for all that it depends on; kept for native.py only
        self.beliefs = {}
        self.wanted = set()
        # whether windows were closed since native.py looked
        self.closed = True

    def map(self, frames):
        """Our address of so many pages of the guest in a row; 0 where Xen does not give them all."""
        count = len(frames)
        numbers, errors = (ctypes.c_uint64 * count)(*frames), (ctypes.c_int * count)()
        address = self.foreign_map(self.handle, self.domid, 1, count, numbers, errors) or 0
        if address and any(errors):
            self.foreign_unmap(self.handle, address, count)
            return 0
        return address

    def page(self, frame):
        """Our address of one page, mapped on its first use; 0 where there is none."""
        address = self.pages.get(frame)
        if address is None:
            address = self.map([frame])
            if address:
                self.pages[frame] = address
        return address

    def walk(self, root, address, beliefs=None):
        """The frame where the page tables at `root` (cr3) lead for a virtual address, or NOWHERE; `beliefs` takes the entries that say so."""
        if (address + (1 << 47)) & 0xffffffffffffffff >= 1 << 48:
            return NOWHERE
        frame = (root & FRAME_MASK) >> 12
        for shift in (39, 30, 21, 12):
            table = self.page(frame)
            if not table:
                return NOWHERE
            place = table + ((address >> shift) & 511) * 8
            entry = ctypes.c_uint64.from_address(place).value
            if beliefs is not None:
                mask = FRAME_MASK | LARGE | PRESENT if entry & PRESENT else PRESENT
                beliefs[place] = (mask, entry & mask)
            if not entry & PRESENT:
                return NOWHERE
            frame = (entry & FRAME_MASK) >> 12
            if entry & LARGE and (shift == 30 or shift == 21):
                within = (1 << (shift - 12)) - 1
                return (frame & ~within) | ((address >> 12) & within)
        return frame

    def copy(self, root, start, limit, target):
        """Copies from `start` upwards until `limit` bytes or an unmapped page; returns how many. The guest is paused."""
        window = self.windows.get((root, start >> 12))
        if window is not None:
            offset = start & 4095
            count = max(0, min(limit, window[1] - offset))
            ctypes.memmove(target, window[0] + offset, count)
            return count
        self.wanted.add((root, start >> 12))
        at, end = start, min(start + limit, 1 << 64)
        while at < end:
            key = (root, at >> 12)
            frame = self.translations.get(key)
            if frame is None:
                frame = self.translations[key] = self.walk(root, at)
            page = self.page(frame) if frame != NOWHERE else 0
            if not page:
                break
            count = min(4096 - (at & 4095), end - at)
            ctypes.memmove(target + at - start, page + (at & 4095), count)
            at += count
        return at - start

    def read_page(self, root, address):
        """The whole page of an address, or None where there is none. Never while the guest is paused."""
        frame = self.walk(root, address)
        page = self.page(frame) if frame != NOWHERE else 0
        return ctypes.string_at(page, 4096) if page else None

    def holds(self, root, start, count, limit):
        """Whether the page tables still say what a copy believed, the page that ended it included. Where not, that belief is given up."""
        last = min(start + min(count, limit - 1), (1 << 64) - 1)
        good = True
        for number in range(start >> 12, (last >> 12) + 1):
            if self.walk(root, number << 12) != self.translations.get((root, number)):
                self.doubt(root, number)
                good = False
        return good

    def doubt(self, root, number):
        self.translations.pop((root, number), None)
        for key in [key for key in self.windows if key[0] == root and key[1] <= number]:
            self.close(key)

    def tidy(self, limit):
        """Opens the windows that copies of `limit` bytes would have used, and keeps all tables within bounds. Never while the guest is paused."""
        for key in self.wanted:
            self.open(key, limit)
        self.wanted.clear()
        while len(self.windows) > WINDOWS_LIMIT:
            self.close(next(iter(self.windows)))
        if len(self.pages) > PAGES_LIMIT or len(self.translations) > TRANSLATIONS_LIMIT:
            self.forget()

    def open(self, key, limit):
        """A window for a stack that begins on that page; one of no size where nothing is mapped there."""
        if key in self.windows:
            return
        root, first = key
        frames = []
        beliefs = {} if self.keeps_beliefs else None
        for number in range(first, first + (limit + 4094) // 4096 + 1):
            frame = self.translations[(root, number)] = self.walk(root, number << 12, beliefs)
            if frame == NOWHERE:
                break
            frames.append(frame)
        address = self.map(frames) if frames else 0
        while frames and not address:
            frames.pop()  # Xen does not give one of them
            address = self.map(frames) if frames else 0
        self.windows[key] = (address, 4096 * len(frames))
        if beliefs is not None:
            self.beliefs[key] = beliefs

    def close(self, key):
        address, size = self.windows.pop(key)
        self.beliefs.pop(key, None)
        self.closed = True
        if address:
            self.foreign_unmap(self.handle, address, size // 4096)

    def forget(self):
        """Gives back all that is mapped."""
        for key in list(self.windows):
            self.close(key)
        for address in self.pages.values():
            self.foreign_unmap(self.handle, address, 1)
        self.begin()

    def refresh(self, limit):
        """Maps anew what was used last: a guest that is not PV may have other memory behind the same frames by now."""
        used = list(self.windows)[-REFRESHED_WINDOWS:]
        self.forget()
        for key in used:
            self.open(key, limit)
