import { expect, test } from 'vitest';
import { checkDestination } from './destination.ts';

test.each([
  'dom0',
  'root@dom0',
  'root@10.0.0.1',
  'ssh://root@dom0:2222',
  'root@fe80::1%eth0',
  'ssh://[::1]:22',
  'my_alias',
  'domain\u00e4.example',
])('takes %s', (name) => expect(checkDestination(name)).toBe(name));

test.each([
  '',
  '-oProxyCommand=id',
  'root@-oProxyCommand=id',
  'ssh://-oProxyCommand=id',
  'ssh://root@-x',
  '-l',
  'a b',
  'a\nb',
  'a;id',
  'a`id`',
  '$(id)',
  'root@',
  'a\0b',
])('refuses %j', (name) => expect(() => checkDestination(name)).toThrow(/ssh destination/));
