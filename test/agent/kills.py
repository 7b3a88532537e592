# Runs in dom0 behind the agent's own parts: records a guest and kills the recording, again and again, at random moments from its first
# instruction on. The agent is forked from this process, so that a round costs no start of Python; everything else is the real thing.
# Arguments: domid, rounds, seed. Prints a line of JSON.
import random
import traceback

PR_SET_CHILD_SUBREAPER = 36


def agent(domid, request_end, answer_end):
    """The child's life: what main.py does with a request."""
    os.dup2(request_end, 0)
    os.dup2(answer_end, 1)
    os.closerange(3, 256)
    wire = Wire()
    record(wire, {'domid': domid, 'rateHz': 10000, 'durationMs': None})


def drain(fd, seconds, until=None):
    """Reads for so long, or until the bytes `until` have come; returns what came."""
    deadline = now_ns() + int(seconds * 1e9)
    data = b''
    while True:
        left = deadline - now_ns()
        if left <= 0 or (until and until in data):
            return data
        if select.select([fd], [], [], left / 1e9)[0]:
            piece = os.read(fd, 1 << 16)
            if not piece:
                return data
            data += piece


def photographs(data):
    """Records in the whole frames of a stream that was cut anywhere. Raises where they are damaged."""
    at = data.find(MARKER)
    if at < 0:
        return 0
    at += len(MARKER)
    unpacked, squeezer = b'', zlib.decompressobj()
    while at + 5 <= len(data):
        size, kind = struct.unpack_from('<IB', data, at)
        if at + 5 + size > len(data):
            break
        if kind == ord('P'):
            unpacked += squeezer.decompress(data[at + 5:at + 5 + size])
        at += 5 + size
    count = place = 0
    while place + 4 <= len(unpacked):
        size, = struct.unpack_from('<I', unpacked, place)
        if place + 4 + size > len(unpacked):
            break
        place += 4 + size
        count += 1
    return count


def one_round(xen, domid, chance, cut):
    """Records, ends it by SIGKILL or by closing its pipes, and returns (whether it ended inside a pause, photographs received)."""
    asking, ask = os.pipe()
    answers, answering = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            agent(domid, asking, answering)
        except Gone:
            pass
        except BaseException:
            traceback.print_exc()
        os._exit(0)
    os.close(asking)
    os.close(answering)
    if chance.random() < 0.2:
        data = drain(answers, chance.random() * 0.4)  # somewhere in the start
    else:
        data = drain(answers, 10, b'P')
        data += drain(answers, chance.random() * 0.1)
    os.close(ask) if cut else os.kill(child, signal.SIGKILL)
    inside = bool(xen.domain(domid).flags & PAUSED)
    data += drain(answers, 0.05) if not cut else b''
    os.close(answers)
    if not cut:
        os.close(ask)
    # the agent, and the watchdog that it leaves to us
    deadline = now_ns() + 15 * 10 ** 9
    while now_ns() < deadline:
        try:
            if os.waitpid(-1, os.WNOHANG) == (0, 0):
                time.sleep(0.005)
        except OSError:
            break
    else:
        raise AssertionError('a process of the recording still runs')
    return inside, photographs(data)


def campaign(domid, rounds, seed):
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    xen = Xen()
    chance = random.Random(seed)
    report = {'rounds': 0, 'insidePause': 0, 'photographs': 0, 'leftPaused': 0}
    for number in range(rounds):
        inside, taken = one_round(xen, domid, chance, number % 10 == 9)
        report['rounds'] += 1
        report['insidePause'] += inside
        report['photographs'] += taken
        if xen.domain(domid).flags & PAUSED:
            report['leftPaused'] += 1
            xen.lib.xc_domain_unpause(xen.handle, domid)
    print(json.dumps(report))


campaign(*[int(word) for word in sys.argv[1:]])
