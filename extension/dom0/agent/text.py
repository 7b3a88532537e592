# The guest's text, which the engine compares with the ELF file before it trusts a name: the pages that sampled instruction pointers lie in.
# Read while the guest runs, each once, one a tick, and no more than a bounded number: text does not change, and the pages sampled first are the hottest.
TEXT_PAGES_LIMIT = 64

# A record of the photograph stream with the state that no vCPU has: u32 length of what follows; u64 time; u16 vCPU; u8 255; u8 and u32 of nothing;
# u64 address. The page's bytes follow.
TEXT_HEAD = struct.Struct('<IQHBBIQ')
TEXT_STATE = 255


class Text(object):
    def __init__(self, memory):
        self.memory = memory
        self.seen = set()
        self.waiting = collections.deque()

    def sampled(self, root, address):
        """An instruction pointer and the page tables (cr3) it was sampled with."""
        number = address >> 12
        if number not in self.seen and len(self.seen) < TEXT_PAGES_LIMIT:
            self.seen.add(number)
            self.waiting.append((root, number))

    def develop(self, time_ns):
        """The next page as a record; None where none waits, or where the guest has it no longer."""
        if not self.waiting:
            return None
        root, number = self.waiting.popleft()
        content = self.memory.read_page(root, number << 12)
        if content is None:
            return None
        return TEXT_HEAD.pack(24 + len(content), max(0, time_ns), 0, TEXT_STATE, 0, 0, number << 12) + content
