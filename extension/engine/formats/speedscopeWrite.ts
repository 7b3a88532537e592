/** A profile as speedscope's JSON: one sampled profile a lane (vCPU, and thread where known). Samples of one stack that follow each other are one. */
import type { Profile } from '../profile/profile.ts';
import { SCHEMA } from './speedscope.ts';

/** In pieces: a JSON text can be longer than the longest string. */
export function* writeSpeedscope(profile: Profile): Generator<string> {
  const { facts, table, samples } = profile;
  const unit = ['nanoseconds', 'microseconds', 'milliseconds', 'seconds', 'bytes'].includes(facts.unit) ? facts.unit : 'none';
  const frames = table.functions.map(({ name, file, startLine }) => ({
    name,
    ...(file ? { file } : {}),
    ...(startLine > 0 ? { line: startLine } : {}),
  }));
  const head = JSON.stringify({ $schema: SCHEMA, name: facts.title, exporter: 'ringside', activeProfileIndex: 0, shared: { frames } });
  yield `${head.slice(0, -1)},"profiles":[`;
  const lanes = new Map<string, { name: string; isOn: boolean[] }>();
  samples.lanes.forEach(({ vcpu, thread }, lane) => {
    const name = [`${facts.title} vCPU ${vcpu}`, facts.threads.find(({ id }) => id === thread)?.name ?? ''].filter(Boolean).join(', ');
    const known = lanes.get(`${vcpu} ${thread}`) ?? { name, isOn: [] };
    lanes.set(`${vcpu} ${thread}`, known);
    known.isOn[lane] = true;
  });
  let isFirst = true;
  for (const { name, isOn } of lanes.values()) {
    yield isFirst ? '' : ',';
    isFirst = false;
    yield* writeLane(profile, JSON.stringify({ type: 'sampled', name, unit }).slice(0, -1), isOn);
  }
  yield ']}\n';
}

function* writeLane(profile: Profile, head: string, isOn: readonly boolean[]): Generator<string> {
  const { samples } = profile;
  const runs: { leaf: number; weight: number }[] = [];
  let endValue = 0;
  for (let sample = 0; sample < samples.count; sample++) {
    const kind = samples.kinds.get(sample);
    if (isOn[samples.laneOf.get(kind)] !== true) continue;
    const [leaf, weight] = [profile.functionNode(samples.leaves.get(kind)), samples.weight(sample)];
    endValue += weight;
    const last = runs.at(-1);
    if (last?.leaf === leaf) last.weight += weight;
    else runs.push({ leaf, weight });
  }
  yield `${head},"startValue":0,"endValue":${endValue},"weights":[`;
  for (let i = 0; i < runs.length; i++) yield `${i > 0 ? ',' : ''}${runs[i]!.weight}`;
  yield '],"samples":[';
  const { functions } = profile;
  for (let i = 0; i < runs.length; i++) {
    const stack = functions.path(runs[i]!.leaf).map((node) => functions.functionOf(node));
    yield `${i > 0 ? ',' : ''}[${stack.join()}]`;
  }
  yield ']}';
}
