# The toolstack's own program: what it knows of guests that Xen does not (names, kernels).
TOOL_FOLDERS = ('/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin', '/usr/lib/xen/bin')


def find_tool(name, path=()):
    """The program's file, in the configured folders, dom0's PATH, and the usual places; or None."""
    for folder in list(path) + os.environ.get('PATH', '').split(':') + list(TOOL_FOLDERS):
        file = os.path.join(folder, name)
        if folder and os.access(file, os.X_OK) and not os.path.isdir(file):
            return file
    return None


def run_xl(arguments, path=(), seconds=20):
    """What `xl ARGUMENTS` prints. A Fault says why there is nothing."""
    import subprocess  # takes as long as all the rest, and a recording needs none
    xl = find_tool('xl', path)
    if xl is None:
        if xen_version() is None:
            raise no_xen()
        raise Fault('no-xl', 'The program xl was not found on dom0.', 'Install the Xen tools there (Debian: xen-utils), or put their folder into "path" of this host.')
    command = '%s %s' % (xl, ' '.join(arguments))
    environment = dict(os.environ, PATH=':'.join(list(path) + [os.environ.get('PATH', '')] + list(TOOL_FOLDERS)))
    try:
        running = subprocess.Popen([xl] + arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment)
        try:
            output, errors = running.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            running.kill()
            running.communicate()
            raise Fault('xl-failed', '`%s` did not answer within %d s.' % (command, seconds), 'Check that xenstored runs on dom0.')
    except OSError as problem:
        raise Fault('xl-failed', '`%s` could not be started: %s' % (command, problem), 'Repair the Xen tools on dom0.')
    if running.returncode != 0:
        if xen_version() is None:
            raise no_xen()
        if os.geteuid() != 0:
            raise no_privilege()
        said = errors.decode('utf-8', 'replace').strip().splitlines()
        raise Fault('xl-failed', '`%s` failed: %s' % (command, said[-1] if said else 'exit code %d' % running.returncode), 'Run it on dom0 to see why; xenstored and the Xen modules must be there.')
    return output.decode('utf-8', 'replace')

