/**
 * Profiles of any size for measurements. Made up, from a fixed seed: a call tree that is walked up and down at random, as deep as real ones
 * are, and samples that fall on few of its nodes often and on most of them seldom.
 */
import { Profile } from '../../extension/engine/profile/profile.ts';
import type { FrameCategory, VcpuState } from '../../extension/protocol.ts';
import { numbers } from '../symbols/generated.ts';

const CATEGORIES: readonly FrameCategory[] = ['application', 'application', 'kernel', 'library', 'hypervisor'];
const VCPUS = 4;
const RATE_HZ = 1000;
const DEEPEST = 60;
/** A prime: steps of it come by every node once. */
const ROUND = 7919;

/** @param nodes of the call tree @param samples at 1,000 Hz on four vCPUs */
export function largeProfile(nodes: number, samples: number): Profile {
  const random = numbers(nodes + samples);
  const durationMs = (samples / VCPUS / RATE_HZ) * 1000;
  const profile = new Profile({
    title: `${nodes} nodes`,
    durationMs,
    info: { guest: 'large', host: 'bench', kind: 'pv', vcpus: VCPUS, rateHz: RATE_HZ, xenVersion: null, startedAt: '2026-01-01T00:00:00Z' },
  });
  const { table } = profile;
  const locations = Array.from({ length: Math.max(20, Math.min(20_000, nodes >> 3)) }, (_, i) => {
    const name = `${['parse', 'hash', 'send', 'find', 'copy', 'lookup'][i % 6]!}_${['block', 'order', 'entry', 'packet'][i % 4]!}_${i}`;
    const category = CATEGORIES[i % CATEGORIES.length]!;
    const fn = table.internFunction({
      name,
      linkageName: '',
      file: `/src/large/${category}/file${i % 500}.c`,
      startLine: 1 + ((i * 7) % 4000),
      module: 'large.elf',
      category,
      unresolved: false,
    });
    return table.atAddress(BigInt(0x100000 + i * 64), () => [{ fn, line: 2 + ((i * 7) % 4000) }]);
  });
  const path: number[] = [0];
  while (profile.functions.size < nodes) {
    // Up a few frames, seldom many, and down one.
    const up = random(3) === 0 ? random(8) : random(2);
    path.length = Math.max(1, Math.min(path.length - up, DEEPEST));
    path.push(profile.stackNode(path.at(-1)!, locations[random(random(4) === 0 ? locations.length : 1 + (locations.length >> 6))]!));
  }
  const { stacks } = profile;
  const lanes = Array.from({ length: VCPUS * 3 }, (_, i) => profile.samples.lane(i % VCPUS, Math.floor(i / VCPUS) as VcpuState, 0));
  for (let i = 0; i < samples; i++) {
    const share = random(1 << 20) / (1 << 20);
    // One in ten goes round all nodes, so that each has a sample: a node without one would not be in the file.
    const leaf = 1 + (i % 10 === 0 ? ((i / 10) * ROUND) % (stacks.size - 1) : Math.floor(share ** 3 * (stacks.size - 1)));
    const state = random(10) < 6 ? 0 : random(4) === 0 ? 1 : 2;
    profile.samples.add(profile.samples.kind(leaf, lanes[(i % VCPUS) + VCPUS * state]!), Math.floor(i / VCPUS) * (1e9 / RATE_HZ), 1);
  }
  return profile;
}
