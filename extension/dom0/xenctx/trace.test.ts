import { inflateSync, constants } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { guestsIn } from './list.ts';
import { TraceReader } from './reader.ts';
import { photographsOf, statesOf } from './trace.ts';

/** As xenctx of Xen 4.17 prints it. */
const TRACE = `vcpu0:
rip: 00000000001034b0
flags: 00000246 i z p
rsp: 0000000000115f58
rax: 0000000000000007\trcx: 0000000000000065\trdx: 0000000000003cc4
rbx: 0000000000000008\trsi: 0000000000139f7c\trdi: 0000000000139e0c
rbp: 0000000000115f90\t r8: 0000000000001b3c\t r9: 000000000012bd20
r10: 0000000000005800\tr11: 0000000000138440\tr12: 000000000013dc40
r13: 0000000000000066\tr14: 0000000000000170\tr15: 000000000012b040
 cs: e033\t ss: e02b\t ds: 0000\t es: 0000
 fs: 0000 @ 0000000000000000
 gs: 0000 @ 0000000000000000/0000000000000000
Code (instr addr 001034b0)
0f 1f 44 00 00 48 39 d6 73 27 48 29 f2 31 c0 eb 15 0f 1f 40 00 <48> 3d ff 00 00 00 74 13 48 83 c0


Stack:
0000000000115f58: 000000000010356e
0000000000115f60: 0000000000115f90
0000000000115f70: ffffffffffffffff
Call Trace:
                                  [<00000000001034b0>]  <--
0000000000115f58:   [<000000000010356e>]

vcpu1:
rip: 0000000000102e80
rsp: 0000000000115d60
`;
const LIST = `Name                                ID  VCPU   CPU State   Time(s) Affinity (Hard / Soft)
a 1 2 -b- 3 guest                    7     0    1   r--       5.6  1 / all
a 1 2 -b- 3 guest                    7     1    -   -b-       0.1  all / all
a 1 2 -b- 3 guest                    7     2    -   --p       -    any / any
`;

describe('xenctx', () => {
  test('its registers and the words of its stack are a photograph; its guesses are not read', () => {
    const [record, other, none] = photographsOf(
      TRACE,
      new Map([
        [0, 1],
        [1, 2],
      ]),
      1.5e9,
      2e7,
    );
    expect(record!.readUInt32LE(0)).toBe(160 + 16);
    expect([record!.readUInt16LE(12), record!.readUInt8(14), record!.readUInt32LE(16)]).toEqual([0, 1, 2e7]);
    const registers = Array.from({ length: 18 }, (_, i) => record!.readBigUInt64LE(20 + 8 * i));
    expect(registers.map((value) => value.toString(16)).join(' ')).toBe(
      '7 3cc4 65 8 139f7c 139e0c 115f90 115f58 1b3c 12bd20 5800 138440 13dc40 66 170 12b040 1034b0 115f58',
    );
    expect(record!.readBigUInt64LE(164)).toBe(0x10356en);
    expect(other!.length).toBe(164);
    expect(none).toBeUndefined();
  });

  test('a vCPU that is not listed, or printed in part, is none', () => {
    expect(photographsOf(TRACE, new Map(), 0, 0)).toEqual([]);
    expect(photographsOf('vcpu0:\nrsp: 0000000000115d60\n', new Map([[0, 0]]), 0, 0)).toEqual([]);
    expect(photographsOf('Error: no such domain', new Map([[0, 0]]), 0, 0)).toEqual([]);
  });

  test('states, whatever a guest is called', () =>
    expect([...statesOf(LIST)]).toEqual([
      [0, 0],
      [1, 2],
    ]));

  test('its loop is told in the agent’s frames, however it is cut', () => {
    const output = `motd\n\0RINGSIDE X\n@ xen 4.17.5\n@ trace 10000 10500 10530 0\n${LIST}${TRACE}\n@ trace 10000 11000 11020 1\nno\nno\n@ over duration\n`;
    for (const size of [1, 100, 100_000]) {
      const reader = new TraceReader({ domid: 7, rateHz: 99, maxPauseShare: 0.01 }, 'why');
      const frames = [];
      for (let at = 0; at < output.length; at += size) frames.push(...reader.push(Buffer.from(output.slice(at, at + size), 'latin1')));
      expect(frames.map(({ kind }) => kind).join('')).toBe('JPSPSD');
      const stream = inflateSync(Buffer.concat(frames.filter(({ kind }) => kind === 'P').map(({ payload }) => payload)), {
        finishFlush: constants.Z_SYNC_FLUSH,
      });
      expect(stream.length).toBe(164 + 16 + 164);
      expect(JSON.parse(frames[0]!.payload.toString())).toMatchObject({ domid: 7, xenVersion: '4.17.5', shutter: 'xenctx', slower: 'why' });
      expect(JSON.parse(frames.at(-1)!.payload.toString())).toMatchObject({
        reason: 'duration',
        status: { samples: 2, lost: 1, cappedHz: 0.3, pause: { count: 2, maxNs: 30e6 } },
      });
    }
  });

  test('guests as xl lists them', () => {
    const rows = 'Name ID Mem VCPUs\tState\tTime(s)\nDomain-0   0   640     1     r-----       7.5\na b   12  16  2     --p---      0.5\n';
    expect(guestsIn(rows, '[{"domid": 12, "config": {"c_info": {"type": "pvh"}, "b_info": {"kernel": "/k"}}}, 3]')).toEqual([
      { domid: 12, name: 'a b', kind: 'pvh', state: 'paused', vcpus: 2, memoryMiB: 16, cpuSeconds: 0.5, cpuShare: null, kernel: '/k' },
    ]);
    expect(guestsIn(rows, 'no JSON')[0]).toMatchObject({ kind: 'unknown', kernel: null });
    expect(guestsIn('', '')).toEqual([]);
  });
});
