/** One small file of each format, to be damaged: those of other tools, and our own of the same stacks. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { openProfile } from '../../extension/engine/formats/open.ts';
import { writePprof } from '../../extension/engine/formats/pprofWrite.ts';
import { writeSpeedscope } from '../../extension/engine/formats/speedscopeWrite.ts';
import type { FormatSeed } from './formats.ts';

const foreign = ['perf-script.txt', 'perf-script-flat.txt', 'xenctx-fp.txt', 'xenctx-map.txt', 'xenctx-S.txt'];
const evented = {
  $schema: 'https://www.speedscope.app/file-format-schema.json',
  shared: { frames: [{ name: 'a', file: 'a.c', line: 3 }, { name: 'b' }] },
  profiles: [
    {
      type: 'evented',
      name: 'main',
      unit: 'milliseconds',
      startValue: 10,
      endValue: 20,
      events: [
        { type: 'O', frame: 0, at: 10 },
        { type: 'O', frame: 1, at: 12 },
        { type: 'C', frame: 1, at: 15 },
        { type: 'C', frame: 0, at: 20 },
      ],
    },
  ],
};
const cpuprofile = {
  nodes: [
    { id: 1, callFrame: { functionName: '(root)', url: '', lineNumber: -1 }, children: [2] },
    { id: 2, callFrame: { functionName: 'spin', url: 'file:///a.js', lineNumber: 3 }, children: [3] },
    { id: 3, callFrame: { functionName: '(idle)', url: '', lineNumber: -1 } },
  ],
  samples: [2, 3, 2, 2],
  timeDeltas: [10, 200, 300, 400],
};
const uniprof =
  '#unikernel stack tracer using libxencall hypercall interface\n#tracing domid 7 on today\n\n0x1013aa\n0x10228d\n1\n\nwork+0x12\n0\n\n';

export async function formatSeeds(): Promise<FormatSeed[]> {
  const read = (name: string): Buffer => readFileSync(path.join(import.meta.dirname, '../formats', name));
  const text = (name: string, content: string): FormatSeed => ({ name, bytes: Buffer.from(content), isText: true });
  const perf = openProfile(read('perf-script.txt'), 'perf');
  return [
    ...foreign.map((name) => ({ name, bytes: read(name), isText: true })),
    { name: 'go-cpu.pb', bytes: gunzipSync(read('go-cpu.pb.gz')), isText: false },
    { name: 'go-cpu.pb.gz', bytes: read('go-cpu.pb.gz'), isText: false },
    { name: 'ours.pb', bytes: gunzipSync(await writePprof(perf)), isText: false },
    text('sampled.speedscope.json', [...writeSpeedscope(perf)].join('')),
    text('evented.speedscope.json', JSON.stringify(evented)),
    text('spin.cpuprofile', JSON.stringify(cpuprofile)),
    text('uniprof', uniprof),
    text('folded', '# a comment\nmain;work;hash 12\nmain;work 3\nmain;idle 20.5\n'),
  ];
}
