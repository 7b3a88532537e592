# The list of guests: `xl list` for what runs, `xl list -l` for how it was made, Xen itself for who uses the processors.
SHARE_SECONDS = 0.3


def parse_list(text):
    """Rows of `xl list` without dom0. A name may be anything; the five columns after it may not."""
    rows = []
    for line in text.splitlines()[1:]:
        words = line.rsplit(None, 5)
        if len(words) != 6:
            continue
        name, domid, memory, vcpus, flags, seconds = words
        try:
            row = {'domid': int(domid), 'name': name.strip(), 'memoryMiB': int(memory), 'vcpus': int(vcpus), 'state': state_of(flags), 'cpuSeconds': float(seconds)}
        except ValueError:
            continue
        if row['domid'] != 0:
            rows.append(row)
    return rows


def state_of(flags):
    """xl prints one letter for each state that holds: r b p s c d. The last to matter wins; none of them is a guest that waits for a processor."""
    for letter, state in (('d', 'dying'), ('c', 'crashed'), ('s', 'shutdown'), ('p', 'paused'), ('r', 'running'), ('b', 'blocked')):
        if letter in flags:
            return state
    return 'running' if set(flags) == {'-'} else 'unknown'


def parse_configurations(text):
    """domid to (name, kind, kernel) from `xl list -l`. Older Xen (before 4.10) nests by kind: b_info["type.pv"]."""
    found = {}
    try:
        domains = json.loads(text)
    except ValueError:
        return found
    for domain in domains if isinstance(domains, list) else ():
        try:
            config = domain['config']
            created, built = config['c_info'], config['b_info']
            kind = created.get('type') or built.get('type')
            nested = built.get('type.%s' % kind) or built.get('u') or {}
            kernel = built.get('kernel') or nested.get('kernel')
            if kind == 'hvm' and created.get('pvh'):
                kind = 'pvh'
            found[int(domain['domid'])] = (created.get('name'), kind if kind in ('pv', 'pvh', 'hvm') else None, kernel if isinstance(kernel, str) and kernel.startswith('/') else None)
        except (KeyError, TypeError, AttributeError, ValueError):
            continue
    return found


def cpu_ns(xen, domid):
    domain = xen.domain(domid)
    if domain is None:
        return None
    return sum(found[1] for found in (xen.vcpu(domid, number) for number in range(domain.highest_vcpu + 1)) if found)


def measure_shares(xen, domids):
    """Share of one processor over the last moment, by domid."""
    first = {domid: (now_ns(), cpu_ns(xen, domid)) for domid in domids}
    time.sleep(SHARE_SECONDS)
    shares = {}
    for domid in domids:
        at, used = now_ns(), cpu_ns(xen, domid)
        if used is not None and first[domid][1] is not None and used >= first[domid][1]:
            shares[domid] = round((used - first[domid][1]) / float(at - first[domid][0]), 4)
    return shares


def guests(wire, request):
    path = request.get('path') or ()
    rows = parse_list(run_xl(['list'], path))
    try:
        configurations = parse_configurations(run_xl(['list', '-l'], path))
    except Fault:
        configurations = {}  # guests that another toolstack made: xl cannot say more than their names
    try:
        xen = Xen(path)
        shares = measure_shares(xen, [row['domid'] for row in rows]) if rows else {}
    except Fault:
        xen, shares = None, {}
    for row in rows:
        name, kind, kernel = configurations.get(row['domid'], (None, None, None))
        if kind is None and xen is not None:
            domain = xen.domain(row['domid'])
            kind = 'pv' if domain and not domain.flags & HVM else None
        row.update(name=row['name'] or name or '', kind=kind or 'unknown', kernel=kernel, cpuShare=shares.get(row['domid']))
    wire.json('D', {'guests': rows})
