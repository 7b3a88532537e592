/** Damage done to files: random bytes, and what parsers are weakest at. The same seed does the same. */
import { numbers } from '../symbols/generated.ts';

type Random = (below: number) => number;

const edgeNumbers = [0, 1, 0x7f, 0x80, 0xff, 0xffff, 0x7fffffff, 0x80000000, 0xfffffff0, 0xfffffffe, 0xffffffff];

/** Parts of a file that are worth damaging: section contents by name, and headers. */
export interface Target {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
}

/** A damaged copy, and what was done to it. */
export function mutated(seed: Uint8Array, targets: readonly Target[], run: number): { bytes: Uint8Array; what: string } {
  const random = numbers(run * 2654435761 + 1);
  for (let i = 0; i < 4; i++) random(2);
  let bytes: Uint8Array = Uint8Array.from(seed);
  const done: string[] = [];
  for (let count = 1 + random(4); count > 0; count--) {
    const target = targets[random(targets.length)]!;
    if (target.size === 0) continue;
    const at = target.offset + random(target.size);
    if (at >= bytes.length) continue;
    done.push(`${target.name}+0x${(at - target.offset).toString(16)}`);
    bytes = damaged(bytes, at, target, random);
  }
  return { bytes, what: done.join(' ') };
}

function damaged(bytes: Uint8Array, at: number, target: Target, random: Random): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (random(9)) {
    case 0:
      bytes[at]! ^= 1 << random(8);
      return bytes;
    case 1:
      bytes[at] = random(256);
      return bytes;
    case 2:
      if (at + 4 <= bytes.length) view.setUint32(at, edgeNumbers[random(edgeNumbers.length)]!, true);
      return bytes;
    case 3:
      if (at + 8 <= bytes.length)
        view.setBigUint64(at, BigInt(edgeNumbers[random(edgeNumbers.length)]!) * (random(2) === 0 ? 1n : 0x100000001n), true);
      return bytes;
    case 4: // a number that is a little off
      if (at + 4 <= bytes.length) view.setUint32(at, view.getUint32(at, true) + random(17) - 8, true);
      return bytes;
    case 5: // a LEB128 that does not end soon
      bytes.fill(0x80 | random(128), at, Math.min(bytes.length, at + 1 + random(24)));
      return bytes;
    case 6: // a piece of the same part copied over another
      bytes.copyWithin(at, target.offset + random(target.size), target.offset + random(target.size) + random(64));
      return bytes;
    case 7:
      bytes.fill(random(2) * 255, at, Math.min(bytes.length, at + random(256)));
      return bytes;
    default:
      return random(4) === 0 ? bytes.slice(0, at) : bytes;
  }
}
