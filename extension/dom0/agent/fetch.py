# Fetching a kernel: its size and hash first, so that a client that has it already needs no more. Kernels packed by xz, bzip2 or lzma are
# unpacked on the way; nothing is written on dom0.
import stat

CHUNK = 256 << 10
UNPACKED_LIMIT = 2 << 30


def unpacker(head):
    """A decompressor for a file that begins so, or None where it is not packed (gzip is left to the client)."""
    if head.startswith(b'\xfd7zXZ\0'):
        import lzma
        return lzma.LZMADecompressor(lzma.FORMAT_XZ)
    if head.startswith(b'BZh') and head[4:10] == b'1AY&SY':
        import bz2
        return bz2.BZ2Decompressor()
    if head.startswith(b'\x5d\0\0') and head[12:13] in (b'\0', b'\xff'):
        import lzma
        return lzma.LZMADecompressor(lzma.FORMAT_ALONE)
    return None


def contents(file, name):
    """The file's bytes, unpacked, in chunks."""
    file.seek(0)
    data = file.read(CHUNK)
    unpack = unpacker(data[:16])
    total = 0
    while data:
        if unpack is not None:
            try:
                data = unpack.decompress(data)
            except Exception as problem:  # each module has its own
                raise Fault('kernel-damaged', '%s cannot be unpacked: %s' % (name, problem), 'Choose the guest\'s ELF file yourself.')
        total += len(data)
        if total > UNPACKED_LIMIT:
            raise Fault('kernel-too-large', '%s is larger than %d MiB.' % (name, UNPACKED_LIMIT >> 20), 'Choose the guest\'s ELF file yourself.')
        yield data
        if unpack is not None and unpack.eof:
            return
        data = file.read(CHUNK)
    if unpack is not None and not unpack.eof:
        raise Fault('kernel-damaged', '%s ends in the middle of its packed contents.' % name, 'Choose the guest\'s ELF file yourself.')


def fetch(wire, request):
    import hashlib
    name = request['file']
    remedy = 'Check the kernel\'s path in the guest\'s configuration, or choose its ELF file yourself.'
    try:
        file = os.fdopen(os.open(name, os.O_RDONLY | os.O_NONBLOCK), 'rb', 0)
    except OSError as problem:
        raise Fault('no-kernel', '%s cannot be read on dom0: %s' % (name, problem.strerror), remedy)
    with file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise Fault('no-kernel', '%s is not a file.' % name, remedy)
        digest, size = hashlib.sha256(), 0
        for data in contents(file, name):
            digest.update(data)
            size += len(data)
        wire.json('J', {'bytes': size, 'sha256': digest.hexdigest()})
        while wire.next_message(SILENCE_NS / 1e9).get('op') != 'send':
            pass
        for data in contents(file, name):
            for at in range(0, len(data), CHUNK):
                wire.send('F', data[at:at + CHUNK])
                wire.drain(60, keep=4 * CHUNK)
    wire.json('D', {})
