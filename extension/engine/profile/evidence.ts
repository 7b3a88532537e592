/** How sure the frames of a profile are: by location, the weakest of the ways in which the unwinder came to it. */
import type { FrameEvidence } from '../../protocol.ts';

/** The surest first. A capture keeps their indexes, so new ones go to the end. */
const WAYS: readonly FrameEvidence[] = ['registers', 'cfi', 'hypercall-page', 'instructions', 'scanned', 'frame-pointer'];
const CODES: ReadonlyMap<FrameEvidence, number> = new Map(WAYS.map((way, code) => [way, code]));
const UNKNOWN = '.';

export class Evidence {
  private readonly codes: (number | undefined)[] = [];

  /** The unwinder has come to a location in this way. @returns whether that is less sure than all before */
  vouch(location: number, way: FrameEvidence): boolean {
    const code = CODES.get(way)!;
    const known = this.codes[location];
    if (known !== undefined && known >= code) return false;
    this.codes[location] = code;
    return true;
  }

  of(location: number): FrameEvidence | undefined {
    return WAYS[this.codes[location] ?? -1];
  }

  /** One character a location; empty where nothing is known of any. */
  toText(locations: number): string {
    return this.codes.length === 0 ? '' : Array.from({ length: locations }, (_, id) => this.codes[id] ?? UNKNOWN).join('');
  }

  /** The way that a text has at a place; undefined where it knows none. */
  static wayAt(text: string, location: number): FrameEvidence | undefined {
    return WAYS[text.charCodeAt(location) - 0x30];
  }
}

/** Whether one way is less sure than another. */
export function isLessSure(way: FrameEvidence, than: FrameEvidence | undefined): boolean {
  return than === undefined || CODES.get(way)! > CODES.get(than)!;
}
