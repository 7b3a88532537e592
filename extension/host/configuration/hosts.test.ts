import { describe, expect, it } from 'vitest';
import { destinationProblem, nameProblem, parseHosts } from './hosts.ts';

const lab = { name: 'lab', destination: 'root@xen.lab' };

describe('ringside.hosts', () => {
  it('keeps what is right', () => {
    const full = { name: 'cloud', destination: 'ssh://me@dom0:2222', sudo: true, path: ['/usr/local/sbin', '/opt/xen/bin'] };
    expect(parseHosts([lab, full])).toEqual({ hosts: [lab, full], problems: [] });
    expect(parseHosts(undefined)).toEqual({ hosts: [], problems: [] });
  });

  it.each<[unknown, RegExp]>([
    [{ lab: 'root@xen.lab' }, /ringside\.hosts must be a list/],
    [['root@xen.lab'], /ringside\.hosts\[0\] must be an object/],
    [[null], /ringside\.hosts\[0\] must be an object/],
    [[{ destination: 'root@xen.lab' }], /ringside\.hosts\[0\]\.name: give/],
    [[{ name: 'lab' }], /ringside\.hosts\[0\]\.destination: give/],
    [[{ ...lab, destination: '-oProxyCommand=evil' }], /begin with "-"/],
    [[{ ...lab, destination: 'root@xen -p 22' }], /must not hold spaces/],
    [[{ ...lab, destination: 'root@xen:2222' }], /ssh:\/\/root@xen:2222/],
    [[{ ...lab, sudo: 'yes' }], /\.sudo must be true or false/],
    [[{ ...lab, path: '/usr/sbin' }], /\.path must be a list/],
    [[{ ...lab, path: ['sbin'] }], /\.path must be a list/],
    [[{ ...lab, path: ['/a:/b'] }], /\.path must be a list/],
    [[{ ...lab, hostname: 'x' }], /\.hostname: there is no such property/],
  ])('says what is wrong with %j', (setting, problem) => {
    const parsed = parseHosts(setting);
    expect(parsed.hosts).toEqual([]);
    expect(parsed.problems.join('\n')).toMatch(problem);
  });

  it('keeps good hosts beside bad ones, and the first of two with one name', () => {
    const parsed = parseHosts([{ name: 'x' }, lab, { ...lab, destination: 'other' }]);
    expect(parsed.hosts).toEqual([lab]);
    expect(parsed.problems).toHaveLength(2);
    expect(parsed.problems[1]).toContain('ringside.hosts[2].name');
  });

  it.each(['xen', 'root@xen.lab', 'ssh://root@[fe80::1]:22', 'me@fe80::1', 'a%b'])('ssh takes %s', (destination) =>
    expect(destinationProblem(destination)).toBeNull(),
  );

  it.each(['', ' ', 'lab ', 'a\nb', 'x'.repeat(65), 7])('%j is no name', (name) => expect(nameProblem(name)).not.toBeNull());
});
