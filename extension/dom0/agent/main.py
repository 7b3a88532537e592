# Last of the joined files: reads the request and serves it.
OPERATIONS = {'preflight': preflight, 'guests': guests, 'fetch': fetch, 'record': record}


def main():
    wire = Wire()
    try:
        if sys.version_info < (3, 6):
            raise Fault('old-python', 'dom0 has Python %d.%d; 3.6 or newer is needed.' % sys.version_info[:2], 'Install a newer python3 on dom0, or put its folder into "path" of this host.')
        request = wire.next_message(SILENCE_NS / 1e9)
        operation = OPERATIONS.get(request.get('op'))
        if operation is None:
            raise Fault('bad-request', 'The agent has no operation %r.' % (request.get('op'),), 'Report this as a bug of Ringside.')
        operation(wire, request)
        wire.drain(30)
    except Gone:
        sys.exit(0)
    except Fault as fault:
        finish(wire, fault.report())
    except Exception:
        import traceback
        finish(wire, {'code': 'agent-failed', 'message': 'The agent on dom0 failed: %s' % traceback.format_exc().strip(), 'remedy': 'Report this as a bug of Ringside.'})


def finish(wire, report):
    try:
        wire.json('E', report)
        wire.drain(10)
    except Gone:
        pass  # nobody is left to hear it
    sys.exit(1)


main()
