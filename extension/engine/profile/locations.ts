/**
 * What addresses mean: functions, and locations (an address with its chain of inlined frames). Both are interned, so that a sample is a
 * handful of integers. The shape follows profile.proto's Function and Location, which is how a capture is kept.
 */
import type { FrameCategory, FrameEvidence } from '../../protocol.ts';
import { Checksums } from './checksums.ts';
import { Evidence, isLessSure } from './evidence.ts';

export interface FunctionInfo {
  readonly name: string;
  readonly linkageName: string;
  /** Source file as the debug information names it; empty where unknown. */
  readonly file: string;
  /** Line of the declaration; 0 where unknown. */
  readonly startLine: number;
  readonly module: string;
  readonly category: FrameCategory;
  /** The name is an address, because no symbol covers it. */
  readonly unresolved: boolean;
  /** The least sure way in which any of its frames was found; absent where the profile is another tool's. */
  evidence?: FrameEvidence;
}

/** Stands for an address that nothing names. */
export function unresolvedFunction(address: bigint, module: string): FunctionInfo {
  const name = `0x${address.toString(16)}`;
  return { name, linkageName: '', file: '', startLine: 0, module, category: 'unresolved', unresolved: true };
}

export interface LocatedFrame {
  /** Index of the function. */
  readonly fn: number;
  /** 1-based line being executed in this frame; 0 where unknown. */
  readonly line: number;
}

export interface Location {
  /** The address that was looked up (return addresses already moved into their call); null for a frame known by name only. */
  readonly address: bigint | null;
  /** Innermost first. All but the last were inlined into the one after. Never empty. */
  readonly frames: readonly LocatedFrame[];
}

export class LocationTable {
  readonly functions: FunctionInfo[] = [];
  readonly locations: Location[] = [];
  readonly evidence = new Evidence();
  /** Of the functions' files. */
  readonly checksums = new Checksums();
  private readonly functionIds = new Map<string, number>();
  private readonly byAddress = new Map<bigint, number>();
  private readonly byFrames = new Map<string, number>();

  internFunction(info: FunctionInfo): number {
    const key = `${info.name}\0${info.linkageName}\0${info.file}\0${info.startLine}\0${info.module}`;
    const known = this.functionIds.get(key);
    if (known !== undefined) return known;
    const id = this.functions.push(info) - 1;
    this.functionIds.set(key, id);
    return id;
  }

  /** The location of an address; `resolve` is asked once for each. */
  atAddress(address: bigint, resolve: (address: bigint) => readonly LocatedFrame[]): number {
    const known = this.byAddress.get(address);
    if (known !== undefined) return known;
    const id = this.locations.push({ address, frames: resolve(address) }) - 1;
    this.byAddress.set(address, id);
    return id;
  }

  /** The unwinder has come to a location in this way. */
  vouch(location: number, way: FrameEvidence): void {
    if (!this.evidence.vouch(location, way)) return;
    for (const { fn } of this.locations[location]!.frames) {
      const info = this.functions[fn]!;
      if (isLessSure(way, info.evidence)) info.evidence = way;
    }
  }

  /** A location known by its frames alone, such as a line of a folded file or a marker of our own. */
  named(frames: readonly LocatedFrame[]): number {
    const key = frames.map((frame) => `${frame.fn}:${frame.line}`).join();
    const known = this.byFrames.get(key);
    if (known !== undefined) return known;
    const id = this.locations.push({ address: null, frames }) - 1;
    this.byFrames.set(key, id);
    return id;
  }
}
