# Tests of the agent's parts that need no Xen. parts.test.ts puts the agent's source before this and runs it with Python.
import random


def page_tables(mappings):
    """A guest of our own making: page tables in real memory for {virtual page: frame}, as Memory sees them through its mappings."""
    frames = {}

    def new_table(frame):
        frames[frame] = (ctypes.c_uint64 * 512)()
        return frames[frame]

    top = new_table(1)
    free = [100]
    for number, (frame, shift) in mappings.items():
        table = top
        for level in (39, 30, 21):
            if level == shift:
                break
            index = (number << 12 >> level) & 511
            if not table[index] & 1:
                free[0] += 1
                new_table(free[0])
                table[index] = free[0] << 12 | 0x8000000000000067
            table = frames[(table[index] & FRAME_MASK) >> 12]
        table[(number << 12 >> shift) & 511] = frame << 12 | 0x8000000000000063 | (0x80 if shift > 12 else 0)
    return frames


def memory_of(mappings, data):
    memory = Memory.__new__(Memory)
    memory.keeps_beliefs = True
    memory.begin()
    memory.foreign_map, memory.foreign_unmap = (lambda *_: 0), (lambda *_: 0)
    memory.tables = page_tables(mappings)
    memory.kept = {frame: ctypes.create_string_buffer(content, 4096) for frame, content in data.items()}
    memory.pages = {frame: ctypes.addressof(page) for pages in (memory.tables, memory.kept) for frame, page in pages.items()}
    memory.handle, memory.domid = None, 0
    return memory


ROOT = 1 << 12
stack = {0x100: (0x500, 12), 0x101: (0x600, 12), 0x103: (0x700, 12)}
memory = memory_of(stack, {0x500: b'a' * 4096, 0x600: b'b' * 4096, 0x700: b'c' * 4096})
target = ctypes.create_string_buffer(65536)
at = ctypes.addressof(target)

# up to the limit, over a page's end, up to a hole, from a hole
assert memory.copy(ROOT, 0x100ff0, 8, at) == 8 and target.raw[:8] == b'a' * 8
assert memory.copy(ROOT, 0x100ff0, 32, at) == 32 and target.raw[:32] == b'a' * 16 + b'b' * 16
assert memory.copy(ROOT, 0x100800, 65536, at) == 0x1800
assert memory.copy(ROOT, 0x102000, 65536, at) == 0
assert memory.copy(ROOT, 0x103fff, 65536, at) == 1
# what holds, the hole after it included
assert memory.holds(ROOT, 0x100ff0, 32, 32) and memory.holds(ROOT, 0x100800, 0x1800, 65536) and memory.holds(ROOT, 0x102000, 0, 65536)
# a window does the same in one piece, and is given up with what it believed
window = ctypes.create_string_buffer(b'w' * 8192, 8192)
memory.foreign_map = lambda handle, domid, prot, count, frames, errors: ctypes.addressof(window) if count == 2 else 0
memory.tidy(8192)
assert memory.windows == {(ROOT, 0x100): (ctypes.addressof(window), 8192), (ROOT, 0x102): (0, 0), (ROOT, 0x103): (0, 0)}, memory.windows
assert memory.copy(ROOT, 0x102008, 65536, at) == 0 and memory.holds(ROOT, 0x102008, 0, 65536)  # known to be none
memory.foreign_map = lambda *_: 0
assert memory.copy(ROOT, 0x100ff0, 8192, at) == 0x1010 and target.raw[:0x1010] == b'w' * 0x1010
assert memory.holds(ROOT, 0x100ff0, 0x1010, 8192)
leaf = [table for table in memory.tables.values() if table[0x100] >> 12 & 0xffff == 0x500][0]
leaf[0x102] = 0x600 << 12 | 1  # the hole is filled
assert not memory.holds(ROOT, 0x100ff0, 0x1010, 8192) and list(memory.windows) == [(ROOT, 0x103)]
assert memory.copy(ROOT, 0x100ff0, 8192, at) == 8192 and target.raw[4112:8192] == b'b' * 4080
leaf[0x100] = 0x600 << 12 | 1  # another page
assert not memory.holds(ROOT, 0x100000, 8, 8)
assert memory.copy(ROOT, 0x100000, 1, at) == 1 and target.raw[:1] == b'b' and memory.holds(ROOT, 0x100000, 1, 1)
leaf[0x100] = 0  # none
assert not memory.holds(ROOT, 0x100000, 1, 1) and memory.copy(ROOT, 0x100000, 1, at) == 0
# addresses that are none
for address in (1 << 47, (1 << 64) - (1 << 47) - 1, 0x800000000000, 0xdeadbeefdeadbeef, (1 << 64) - 8):
    assert memory.copy(ROOT, address, 100, at) == 0, hex(address)
    assert memory.holds(ROOT, address, 0, 100), hex(address)
# page tables that lead nowhere, or in a circle
assert memory.walk(0xfffff000, 0x100000) == NOWHERE
for entry in memory.tables.values():
    for index in range(512):
        entry[index] = 1 << 12 | 1
assert memory.walk(ROOT, 0x123456789000) == 1
# large pages
large = memory_of({0x200: (0x8000, 21), 0x40000: (0x80000, 30)}, {0x8005: b'2' * 4096, 0x80000 + 0x321: b'1' * 4096})
assert large.copy(ROOT, 0x205000, 4096, at) == 4096 and target.raw[:4096] == b'2' * 4096
assert large.copy(ROOT, 0x40321000, 10, at) == 10 and target.raw[:10] == b'1' * 10

# text: each page once, read whole, and no more pages than a recording may send
text = Text(memory_of(stack, {0x500: b'a' * 4096, 0x700: b'c' * 4096}))
for address in (0x100123, 0x100fff, 0x102000, 0x103000):
    text.sampled(ROOT, address)
assert text.develop(7) == TEXT_HEAD.pack(24 + 4096, 7, 0, 255, 0, 0, 0x100000) + b'a' * 4096
assert text.develop(8) is None  # a hole
assert text.develop(-1) == TEXT_HEAD.pack(24 + 4096, 0, 0, 255, 0, 0, 0x103000) + b'c' * 4096
assert text.develop(9) is None and not text.waiting
for number in range(1000):
    text.sampled(ROOT, number << 12)
assert len(text.seen) == TEXT_PAGES_LIMIT

# quantiles against the sorted truth
rng = random.Random(7)
for scale in (1, 40, 1000, 30000, 10 ** 9):
    pauses, truth = Pauses(), []
    for _ in range(2000):
        value = int(rng.expovariate(1.0) * scale) + 1
        pauses.add(value)
        truth.append(value)
    truth.sort()
    report = pauses.report()
    assert report['count'] == 2000 and report['totalNs'] == sum(truth) and report['maxNs'] == truth[-1]
    assert abs(report['medianNs'] - truth[999]) <= 0.07 * truth[999] + 1, (scale, report, truth[999])
    lengths = [0] * len(report['histogram'])
    for value in truth:
        lengths[max(i for i in range(len(lengths)) if i == 0 or (4 + i % 4) << (8 + i // 4) <= value)] += 1
    assert report['histogram'] == lengths, (scale, report['histogram'], lengths)
    assert abs(report['p99Ns'] - truth[1979]) <= 0.07 * truth[1979] + 1, (scale, report, truth[1979])
assert Pauses().report() == {'count': 0, 'medianNs': 0, 'p99Ns': 0, 'maxNs': 0, 'totalNs': 0, 'histogram': []}

# xl list
LIST = '''Name                                        ID   Mem VCPUs\tState\tTime(s)
Domain-0                                     0   768     1     r-----      14.2
web                                          1    16     1     -b----       0.1
a name with spaces and 3 4 5                12  1024     2     ------    1000.0
(null)                                       3     0     1     --ps-d       0.0
gone                                         x     0     1     ---s--       0.0

'''
rows = parse_list(LIST)
assert [row['name'] for row in rows] == ['web', 'a name with spaces and 3 4 5', '(null)'], rows
assert rows[0] == {'domid': 1, 'name': 'web', 'memoryMiB': 16, 'vcpus': 1, 'state': 'blocked', 'cpuSeconds': 0.1}
assert [row['state'] for row in rows] == ['blocked', 'running', 'dying']
assert parse_list('') == parse_list('nonsense') == []
assert [state_of(flags) for flags in ('r-----', '--p---', '---s--', '----c-', '-----d', 'what')] == ['running', 'paused', 'shutdown', 'crashed', 'dying', 'unknown']

# xl list -l: as of 4.17, as of 4.4, and what is none
CONFIGURATIONS = '''[
 {"domid": 0, "config": {"c_info": {"type": "pv", "name": "Domain-0"}, "b_info": {}}},
 {"domid": 1, "config": {"c_info": {"type": "pvh", "name": "web"}, "b_info": {"kernel": "/k/web", "type.pvh": {}}}},
 {"domid": 2, "config": {"c_info": {"type": "pv", "name": "old"}, "b_info": {"type.pv": {"kernel": "/k/old"}}}},
 {"domid": 3, "config": {"c_info": {"type": "pv"}, "b_info": {"bootloader": "pygrub"}}},
 {"domid": 4, "config": {"c_info": {"type": "hvm", "name": "win"}, "b_info": {"kernel": 7}}},
 {"domid": 5}, 7, null]'''
found = parse_configurations(CONFIGURATIONS)
assert found == {0: ('Domain-0', 'pv', None), 1: ('web', 'pvh', '/k/web'), 2: ('old', 'pv', '/k/old'), 3: (None, 'pv', None), 4: ('win', 'hvm', None)}, found
assert parse_configurations('') == parse_configurations('{}') == parse_configurations('[1, [], "x"]') == {}

# packed kernels are known by their first bytes
assert unpacker(b'\x7fELF' + bytes(12)) is None and unpacker(b'\x1f\x8b\x08' + bytes(13)) is None and unpacker(b'') is None

print('all is well')
