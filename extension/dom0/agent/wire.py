# The wire: frames to standard output, JSON lines from standard input. First of the files that source.ts joins; no syntax newer
# than Python 3.4 anywhere in them, so that an old Python gets as far as saying that it is too old.
import collections
import ctypes
import errno
import json
import os
import select
import struct
import sys
import time

MARKER = b'\0RINGSIDE 1\n'
LINE_LIMIT = 1 << 20
# The client pings every few seconds; silence for so long means that the network is frozen.
SILENCE_NS = 20 * 10 ** 9

now_ns = getattr(time, 'monotonic_ns', None) or (lambda: int(time.monotonic() * 1e9))


class Fault(Exception):
    """Something a person must hear: a stable code, what failed, and what can be done about it."""

    def __init__(self, code, message, remedy):
        Exception.__init__(self, message)
        self.code = code
        self.message = message
        self.remedy = remedy

    def report(self):
        return {'code': self.code, 'message': self.message, 'remedy': self.remedy}


class Gone(Exception):
    """The client has closed its end."""


class Wire(object):
    """Both directions, never blocking: frames wait in a queue until standard output takes them."""

    def __init__(self):
        os.set_blocking(0, False)
        os.set_blocking(1, False)
        self.queue = collections.deque()
        self.queued = 0
        self.messages = collections.deque()
        self.partial = b''
        self.closed = False
        self.heard_ns = now_ns()
        self.on_heard = None
        self.raw(MARKER)

    def raw(self, data):
        self.queue.append(memoryview(data))
        self.queued += len(data)

    def send(self, kind, payload):
        """One frame: u32 LE length of the payload, u8 type, payload."""
        self.raw(struct.pack('<IB', len(payload), ord(kind)) + payload)

    def json(self, kind, value):
        self.send(kind, json.dumps(value).encode('utf-8'))

    def pump(self):
        """Writes what standard output takes without waiting."""
        while self.queue:
            try:
                count = os.write(1, self.queue[0])
            except BlockingIOError:
                return
            except OSError as problem:
                if problem.errno in (errno.EPIPE, errno.ECONNRESET):
                    self.closed = True
                    raise Gone()
                raise
            self.queued -= count
            if count == len(self.queue[0]):
                self.queue.popleft()
            else:
                self.queue[0] = self.queue[0][count:]

    def hear(self):
        """Reads what standard input has, without waiting."""
        while not self.closed:
            try:
                data = os.read(0, 65536)
            except BlockingIOError:
                return
            except OSError:
                data = b''
            if not data:
                self.closed = True
                return
            self.heard_ns = now_ns()
            if self.on_heard:
                self.on_heard(self.heard_ns)
            lines = (self.partial + data).split(b'\n')
            self.partial = lines.pop()
            if len(self.partial) > LINE_LIMIT:
                raise Fault('bad-request', 'The client sent a line without an end.', 'Report this as a bug of Ringside.')
            self.messages.extend(json.loads(line.decode('utf-8')) for line in lines if line.strip())

    def poll(self, seconds):
        """Moves bytes both ways for at most so long; returns early when either end was ready."""
        watched = select.poll()
        if not self.closed:
            watched.register(0, select.POLLIN)
        if self.queue:
            watched.register(1, select.POLLOUT)
        watched.poll(max(0, int(seconds * 1000)))
        self.hear()
        self.pump()

    def next_message(self, seconds):
        """The next JSON line as a dict. Raises Gone where the client closed or kept silent for so long."""
        deadline = now_ns() + int(seconds * 1e9)
        while not self.messages:
            if self.closed or now_ns() > deadline:
                raise Gone()
            self.poll(0.25)
        message = self.messages.popleft()
        return message if isinstance(message, dict) else {}

    def drain(self, seconds, keep=0):
        """Waits until no more than `keep` bytes are queued. Raises Gone where the client does not take them in time."""
        deadline = now_ns() + int(seconds * 1e9)
        self.pump()
        while self.queued > keep:
            if self.closed or now_ns() > deadline:
                raise Gone()
            self.poll(0.25)
