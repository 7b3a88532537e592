# The preflight: what a recording needs, each with what was found or what to do.


def check(name, work):
    try:
        return {'name': name, 'ok': True, 'detail': work()}
    except Fault as fault:
        return {'name': name, 'ok': False, 'detail': fault.message, 'remedy': fault.remedy}


def check_privilege():
    if os.geteuid() == 0:
        return 'root'
    if os.access('/dev/xen/privcmd', os.R_OK | os.W_OK):
        return 'user %d may open /dev/xen/privcmd' % os.geteuid()
    raise no_privilege()


def check_xen():
    version = xen_version()
    if version is None:
        raise no_xen()
    if not is_dom0():
        raise Fault('no-xen', 'This machine is a guest of Xen %s, not its dom0.' % version, 'Give the address of the dom0 instead.')
    return 'Xen ' + version


def check_foreign(path):
    files = library_files(FOREIGN, path)
    if not files:
        raise Fault('no-libxenforeignmemory', 'libxenforeignmemory was not found on dom0.', 'Install the Xen tools there (Debian: libxenforeignmemory1, Fedora: xen-libs).')
    try:
        ctypes.CDLL(files[0])
    except OSError as problem:
        raise Fault('no-libxenforeignmemory', '%s cannot be loaded: %s' % (files[0], problem), 'Repair the Xen tools on dom0.')
    return files[0]


def check_xl(path):
    run_xl(['list'], path)
    return find_tool('xl', path)


def preflight(wire, request):
    path = request.get('path') or ()
    checks = [
        {'name': 'Python', 'ok': True, 'detail': 'Python %d.%d.%d' % sys.version_info[:3]},
        check('Privilege', check_privilege),
        check('Xen', check_xen),
        check('libxenctrl', lambda: Xen(path).file),
        check('libxenforeignmemory', lambda: check_foreign(path)),
        check('xl', lambda: check_xl(path)),
    ]
    wire.json('D', {'checks': checks, 'xenVersion': xen_version()})
