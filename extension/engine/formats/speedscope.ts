/** speedscope's JSON (https://www.speedscope.app/file-format-schema.json): sampled and evented profiles are read, sampled ones written. */
import type { Profile } from '../profile/profile.ts';
import { FormatError } from './errors.ts';
import { NamedProfile, type ImportedFile } from './importer.ts';
import { asArray, asNumber, asRecord, asText, parseJson } from './json.ts';

const SCHEMA = 'https://www.speedscope.app/file-format-schema.json';

/** Each profile of the file becomes a vCPU: threads side by side, as speedscope shows them. */
export function readSpeedscope(file: ImportedFile): Profile | null {
  const json = parseJson(file.text);
  if (asRecord(json)?.['$schema'] !== SCHEMA) return null;
  const root = asRecord(json)!;
  const frames = asArray(asRecord(root['shared'])?.['frames']);
  const profiles = asArray(root['profiles'])?.map((profile) => asRecord(profile));
  if (!frames || !profiles) throw new FormatError(`${file.name}: shared.frames or profiles is missing`);
  const built = new NamedProfile({ title: asText(root['name']) ?? file.name, unit: asText(profiles[0]?.['unit']) ?? 'samples' });
  const locations = frames.map((value, i) => {
    const frame = asRecord(value);
    const name = asText(frame?.['name']);
    if (name === undefined) throw new FormatError(`${file.name}: shared.frames[${i}] has no name`);
    return built.location({ name, file: asText(frame!['file']) ?? '', line: asNumber(frame!['line']) ?? 0 });
  });
  profiles.forEach((profile, vcpu) => {
    const where = `${file.name}: profiles[${vcpu}]`;
    const locate = (index: unknown): number => {
      const location = locations[asNumber(index) ?? -1];
      if (location === undefined) throw new FormatError(`${where} names frame ${String(index)} of ${locations.length}`);
      return location;
    };
    if (profile?.['type'] === 'sampled') readSampled(built, profile, vcpu, locate, where);
    else if (profile?.['type'] === 'evented') readEvented(built, profile, vcpu, locate, where);
    else throw new FormatError(`${where} is neither sampled nor evented`);
  });
  return built.profile;
}

type Read = (
  built: NamedProfile,
  profile: Record<string, unknown>,
  vcpu: number,
  locate: (index: unknown) => number,
  where: string,
) => void;

const readSampled: Read = (built, profile, vcpu, locate, where) => {
  const [samples, weights] = [asArray(profile['samples']), asArray(profile['weights'])];
  if (samples?.length !== weights?.length || !samples || !weights) throw new FormatError(`${where}: samples and weights differ in number`);
  samples.forEach((stack, i) => {
    const weight = asNumber(weights[i]);
    if (weight === undefined || !Array.isArray(stack)) throw new FormatError(`${where}: sample ${i} is not a stack with a weight`);
    built.add(stack.map(locate), weight, { vcpu });
  });
};

const readEvented: Read = (built, profile, vcpu, locate, where) => {
  const stack: number[] = [];
  let last = asNumber(profile['startValue']) ?? 0;
  asArray(profile['events'])?.forEach((value, i) => {
    const event = asRecord(value);
    const at = asNumber(event?.['at']);
    if (at === undefined || at < last) throw new FormatError(`${where}: event ${i} has no time, or one before the event before it`);
    if (at > last && stack.length > 0) built.add(stack, at - last, { vcpu });
    last = at;
    if (event!['type'] === 'O') stack.push(locate(event!['frame']));
    else if (stack.pop() !== locate(event!['frame']))
      throw new FormatError(`${where}: event ${i} closes a frame that is not the innermost`);
  });
};

/** One sampled profile a vCPU. */
export function writeSpeedscope(profile: Profile): string {
  const { facts, table } = profile;
  const opened = new Map<number, number[]>();
  const stackOf = (leaf: number): number[] => {
    let stack = opened.get(leaf);
    if (!stack) opened.set(leaf, (stack = profile.functions.path(profile.functionNode(leaf)).map((node) => profile.functionOf(node))));
    return stack;
  };
  const vcpus = [...new Set(profile.vcpus.view())].sort((a, b) => a - b);
  const profiles = vcpus.map((vcpu) => {
    const [samples, weights]: [number[][], number[]] = [[], []];
    let endValue = 0;
    for (let i = 0; i < profile.sampleCount; i++) {
      if (profile.vcpus.get(i) !== vcpu) continue;
      samples.push(stackOf(profile.leaves.get(i)));
      weights.push(profile.weights.get(i));
      endValue += profile.weights.get(i);
    }
    const known = ['nanoseconds', 'microseconds', 'milliseconds', 'seconds', 'bytes'].includes(facts.unit);
    return {
      type: 'sampled',
      name: `${facts.title} vCPU ${vcpu}`,
      unit: known ? facts.unit : 'none',
      startValue: 0,
      endValue,
      samples,
      weights,
    };
  });
  const frames = table.functions.map(({ name, file, startLine }) => ({
    name,
    ...(file ? { file } : {}),
    ...(startLine > 0 ? { line: startLine } : {}),
  }));
  return `${JSON.stringify({ $schema: SCHEMA, name: facts.title, exporter: 'ringside', activeProfileIndex: 0, shared: { frames }, profiles })}\n`;
}
