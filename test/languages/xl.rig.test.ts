/** What our checks call an error is what the real xl refuses (`xl create -n`), and what they let pass it takes. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkXl } from '../../extension/engine/languages/xl/check.ts';
import { XL_KEYS, type XlKey } from '../../extension/engine/languages/xl/keys.ts';
import { parseXl } from '../../extension/engine/languages/xl/parse.ts';
import { startRig, type Rig } from '../rig/rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.stop());

const base = 'name="x"\nkernel="/root/pantry"\ntype="pv"\n';
const texts: Record<string, string> = {
  least: base,
  'no line end': base.trimEnd(),
  semicolons: 'name="x";kernel="/root/pantry";type="pv"',
  comments: `# c\n${base}memory=32 # e\n`,
  'list over lines': `${base}vif=[\n'',\n''\n,]\n`,
  'list in a list': `${base}vnuma=[["pnode=0","size=64","vcpus=0","vdistances=10"]]\nmemory=64\n`,
  append: `${base}vif=['']\nvif+=['']\n`,
  hexadecimal: `${base}memory=0x40\n`,
  'number in quotes': `${base}memory="64"\n`,
  'word for a number': `${base}memory="lots"\n`,
  'list for a number': `${base}memory=[64]\n`,
  'string for a list': `${base}disk="phy:x,xvda,w"\n`,
  'unknown key': `${base}foo=1\n`,
  twice: `${base}memory=32\nmemory=64\n`,
  'escaped quote': `${base}extra="a\\"b"\n`,
  'bare word': `${base}extra=quiet\n`,
  'true for 1': `${base}nomigrate=true\n`,
  'open string': `${base}extra="quiet\n`,
  'value on the next line': `${base}vif=\n['']\n`,
  'two on a line': `${base}vcpus=1 memory=3\n`,
  'capital letters': `${base}Memory=32\n`,
  'negative number': `${base}memory=-1\n`,
  'line endings of Windows': base.replaceAll('\n', '\r\n'),
  'continued line': `${base}extra="a" \\\n\n`,
  'no such action': `${base}on_crash="burn"\n`,
  'no such type': 'name="x"\nkernel="/root/pantry"\ntype="pvx"\n',
  'no such tsc mode': `${base}tsc_mode="never"\n`,
  'no name': 'kernel="/root/pantry"\ntype="pv"\n',
  'no kernel': 'name="x"\ntype="pv"\n',
  'no kernel for pvh': 'name="x"\ntype="pvh"\n',
  'fewer than there are': `${base}vcpus=4\nmaxvcpus=2\n`,
};

test('errors are what xl refuses', async () => {
  const cases = Object.entries(texts);
  const script = cases.map(
    ([, text], i) =>
      `printf %s '${Buffer.from(text).toString('base64')}' | base64 -d >/tmp/${i}.cfg\nxl create -n /tmp/${i}.cfg >/dev/null 2>&1 </dev/null; echo $?`,
  );
  const file = path.join(rig.folder, 'check.sh');
  await writeFile(file, script.join('\n'));
  await rig.put(file, '/root/check.sh');
  const { stdout } = await rig.ssh('sh /root/check.sh', { timeoutMs: 160_000 });
  const codes = stdout.trim().split('\n').map(Number);
  const ours = cases.map(([name, text]) => [name, checkXl(parseXl(text)).some(({ severity }) => severity === 'error')]);
  expect(ours).toEqual(cases.map(([name], i) => [name, codes[i] !== 0]));
});

test('the values of a key are those that xl takes', async () => {
  // of a pv guest: the others want devices that the rig does not have
  const keys = ['type', 'on_poweroff', 'on_reboot', 'on_watchdog', 'on_crash', 'on_soft_reset'].map((name) => XL_KEYS.get(name)!);
  const tries = keys.flatMap((key: XlKey) => key.values.map((value) => `${base.replace(/type.*\n/, '')}${key.name}="${value}"\n`));
  const script = tries.map((text) => `printf %s '${text}' >/tmp/one.cfg; xl create -n /tmp/one.cfg >/dev/null 2>&1 </dev/null; echo $?`);
  const file = path.join(rig.folder, 'values.sh');
  await writeFile(file, script.join('\n'));
  await rig.put(file, '/root/values.sh');
  const { stdout } = await rig.ssh('sh /root/values.sh', { timeoutMs: 160_000 });
  expect(tries.filter((_, i) => stdout.trim().split('\n')[i] !== '0')).toEqual([]);
});
