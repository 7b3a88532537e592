# The promise that no guest stays paused. xc_domain_pause is counted and outlives its caller, so a second process, which nothing that ends
# the agent ends too, watches it: when the agent dies or hangs inside a pause, it takes the pause back, exactly once.
import mmap
import signal

STUCK_NS = 10 ** 9
# The agent itself leaves after SILENCE_NS; it is given some time to do so.
PATIENCE_NS = SILENCE_NS + 5 * 10 ** 9


class Watchdog(object):
    """Started before the first pause. The agent sets `pausing` before a pause and clears it after the unpause; `heard` is the client's last word."""

    def __init__(self, domid, path):
        self.shared = mmap.mmap(-1, mmap.PAGESIZE)
        self.pausing = ctypes.c_uint64.from_buffer(self.shared, 0)
        self.heard = ctypes.c_uint64.from_buffer(self.shared, 8)
        self.heard.value = now_ns()
        self.agent = os.getpid()
        alive, self.alive = os.pipe()
        ready, starting = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                os.close(self.alive)
                os.close(ready)
                self.watch(domid, path, alive, starting)
            finally:
                os._exit(0)
        os.close(alive)
        os.close(starting)
        try:
            listening = select.poll()
            listening.register(ready, select.POLLIN)
            if not listening.poll(10000) or os.read(ready, 1) != b'w':
                raise Fault('no-watchdog', 'The watchdog that unpauses the guest in an emergency did not start; the guest was not touched.', 'Check memory and process limits on dom0.')
        finally:
            os.close(ready)

    def watch(self, domid, path, alive, starting):
        """The watchdog's own life."""
        os.setsid()
        for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM, signal.SIGPIPE, signal.SIGQUIT):
            signal.signal(number, signal.SIG_IGN)
        nothing = os.open(os.devnull, os.O_RDWR)
        for number in (0, 1, 2):
            os.dup2(nothing, number)
        try:
            with open('/proc/self/oom_score_adj', 'w') as file:
                file.write('-1000')
        except (OSError, IOError):
            pass  # a kernel without it has nothing to protect us from either
        xen = Xen(path)
        os.write(starting, b'w')
        os.close(starting)
        listening = select.poll()
        listening.register(alive, select.POLLIN)
        suspect = 0
        dead = False
        while not dead:
            dead = bool(listening.poll(100))
            since = self.pausing.value
            # Seen twice: after a standstill of the whole machine the agent gets another moment.
            if since and since == suspect and now_ns() - since > STUCK_NS:
                break
            suspect = since
            if now_ns() - self.heard.value > PATIENCE_NS:
                break
        if not dead and os.getppid() == self.agent:
            os.kill(self.agent, signal.SIGKILL)
            listening.poll(1000)
        if self.pausing.value:
            domain = xen.domain(domid)
            if domain and domain.flags & PAUSED:
                xen.lib.xc_domain_unpause(xen.handle, domid)

    def is_alive(self):
        return os.waitpid(self.pid, os.WNOHANG) == (0, 0)

    def release(self):
        """Lets the watchdog go: nothing is paused any more."""
        os.close(self.alive)
        os.waitpid(self.pid, 0)
