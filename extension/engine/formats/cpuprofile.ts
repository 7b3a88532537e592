/** Chrome's and Node's `.cpuprofile` (DevTools protocol, Profiler.Profile): nodes with children, samples and the time between them. */
import { FormatError } from './errors.ts';
import { NamedProfile, type ImportedFile, type Steps } from './importer.ts';
import { asArray, asNumber, asRecord, asText } from './json.ts';

export function readCpuprofile(file: ImportedFile): Steps | null {
  const root = asRecord(file.json);
  const [nodes, samples, deltas] = [asArray(root?.['nodes']), asArray(root?.['samples']), asArray(root?.['timeDeltas'])];
  return root && nodes && samples ? read(file, nodes, samples, deltas) : null;
}

function* read(file: ImportedFile, nodes: readonly unknown[], samples: readonly unknown[], deltas: readonly unknown[] | undefined): Steps {
  const built = new NamedProfile({ title: file.name, unit: deltas ? 'microseconds' : 'samples' });
  const parents = new Map<number, number>();
  const locations = new Map<number, number>();
  nodes.forEach((value, i) => {
    const node = asRecord(value);
    const id = asNumber(node?.['id']);
    const call = asRecord(node?.['callFrame']);
    if (id === undefined || !call) throw new FormatError(`${file.name}: nodes[${i}] has no id or no callFrame`);
    const url = (asText(call['url']) ?? '').replace(/^file:\/\//, '');
    const name = asText(call['functionName']) ?? '';
    // lineNumber counts from 0, and is -1 for what has no source
    locations.set(
      id,
      built.location({ name: name === '' ? '(anonymous)' : name, file: url, line: (asNumber(call['lineNumber']) ?? -1) + 1 }),
    );
    for (const child of asArray(node!['children']) ?? []) parents.set(asNumber(child) ?? -1, id);
  });
  const stacks = new Map<number, number[]>();
  const stackOf = (leaf: number): number[] => {
    let stack = stacks.get(leaf);
    if (stack) return stack;
    stack = [];
    const seen = new Set<number>();
    for (let at: number | undefined = leaf; at !== undefined; at = parents.get(at)) {
      const location = locations.get(at);
      if (location === undefined || seen.has(at)) throw new FormatError(`${file.name}: node ${at} is missing, or its own ancestor`);
      seen.add(at);
      stack.push(location);
    }
    stack.pop(); // the node called (root) stands for nothing
    stacks.set(leaf, stack.reverse());
    return stack;
  };
  let timeNs = 0;
  for (let i = 0; i < samples.length; i++) {
    if (i % 256 === 0) yield { profile: built.profile, done: i / samples.length };
    timeNs += (asNumber(deltas?.[i]) ?? 0) * 1000;
    // timeDeltas[i] leads up to sample i; what sample i stands for lasts until the next one. The clock can step back: never less than nothing.
    const weight = deltas ? Math.max(0, asNumber(deltas[i + 1]) ?? 0) : 1;
    built.add(stackOf(asNumber(samples[i]) ?? -1), weight, { timeNs });
  }
  built.profile.facts.durationMs = timeNs / 1e6;
  return built.profile;
}
