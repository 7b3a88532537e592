/** Whether a call instruction ends at an address (Intel SDM volume 2, "CALL"): what makes a number on a stack a return address. */

export interface CallSite {
  /** What a direct call calls; NaN for a call through a register or memory. */
  readonly target: number;
}

/** The longest call: two prefixes, opcode, ModRM, SIB, 32-bit displacement. */
export const LONGEST_CALL_BYTES = 9;

const INDIRECT: CallSite = { target: NaN };

/**
 * @param before the bytes that end at the return address; fewer than `LONGEST_CALL_BYTES` where the text begins there
 * @param returnAddress as a signed number
 * @returns undefined where no call ends there
 */
export function callSiteBefore(before: Uint8Array, returnAddress: number): CallSite | undefined {
  const end = before.length;
  // E8: near, relative. 9A, the far call, does not exist in 64-bit mode.
  if (end >= 5 && before[end - 5] === 0xe8) {
    const displacement = before[end - 4]! | (before[end - 3]! << 8) | (before[end - 2]! << 16) | (before[end - 1]! << 24);
    return { target: returnAddress + displacement };
  }
  // FF /2: near, through a register or memory
  for (const length of [2, 3, 4, 6, 7]) {
    if (end < length || before[end - length] !== 0xff) continue;
    if (indirectLength(before, end - length + 1) === length) return INDIRECT;
  }
  return undefined;
}

/** Length of the FF /2 whose ModRM byte is at `at`; 0 where it is something else. */
function indirectLength(bytes: Uint8Array, at: number): number {
  const modRm = bytes[at]!;
  if (((modRm >> 3) & 7) !== 2) return 0;
  const mod = modRm >> 6;
  const rm = modRm & 7;
  if (mod === 3) return 2;
  const sib = rm === 4 ? 1 : 0;
  const base = sib ? bytes[at + 1]! & 7 : rm;
  const displacement = mod === 1 ? 1 : mod === 2 || base === 5 ? 4 : 0;
  return 2 + sib + displacement;
}
