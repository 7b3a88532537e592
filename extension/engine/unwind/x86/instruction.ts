/** Lengths and operands of x86-64 instructions in 64-bit mode (Intel SDM volume 2, chapter 2 and appendix A). */

/** Opcode maps; the last three are XOP's. */
export type OpcodeMap = 0 | 1 | 2 | 3 | 5 | 6 | 8 | 9 | 10;

export interface Instruction {
  readonly length: number;
  /** 0: one byte, 1: 0F, 2: 0F38, 3: 0F3A, 5 and 6: EVEX only, 8 to 10: XOP. */
  readonly map: OpcodeMap;
  readonly opcode: number;
  /** Encoded with VEX, EVEX or XOP. */
  readonly vector: boolean;
  /** REX.W: operands of 64 bits. */
  readonly wide: boolean;
  /** Any REX prefix: byte registers 4 to 7 are spl to dil, not ah to bh. */
  readonly rex: boolean;
  /** 66, F2 or F3, or 0: the last of them. */
  readonly prefix: number;
  /** -1 where the instruction has no ModRM byte; 3 where its rm is a register. */
  readonly mod: number;
  /** Register number in ModRM.reg, or in the opcode's low bits where there is no ModRM. */
  readonly reg: number;
  /** ModRM.reg without extension: selects the operation of a group. */
  readonly group: number;
  /** Register number in ModRM.rm where mod is 3. */
  readonly rm: number;
  /** Base register of a memory operand; -1: none, -2: rip. */
  readonly base: number;
  readonly hasIndex: boolean;
  readonly displacement: number;
  /** Sign-extended; the low 32 bits of a 64-bit one. */
  readonly immediate: number;
  /** The register VEX names in addition. */
  readonly extra: number;
}

const LONGEST = 15;
/** Longest instruction in bytes. */
export const LONGEST_INSTRUCTION_BYTES = LONGEST;

const invalid = new Set([
  0x06, 0x07, 0x0e, 0x16, 0x17, 0x1e, 0x1f, 0x27, 0x2f, 0x37, 0x3f, 0x60, 0x61, 0x82, 0x9a, 0xce, 0xd4, 0xd5, 0xd6, 0xea,
]);
const withoutModRm0F = new Set([
  0x05, 0x06, 0x07, 0x08, 0x09, 0x0b, 0x0e, 0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x37, 0x77, 0xa0, 0xa1, 0xa2, 0xa8, 0xa9, 0xaa,
]);
const withByte0F = new Set([0x0f, 0x70, 0x71, 0x72, 0x73, 0xa4, 0xac, 0xba, 0xc2, 0xc4, 0xc5, 0xc6]);

function hasModRm(map: OpcodeMap, opcode: number): boolean {
  if (map === 1) return !withoutModRm0F.has(opcode) && (opcode & 0xf0) !== 0x80 && (opcode & 0xf8) !== 0xc8;
  if (map !== 0) return true;
  if (opcode < 0x40) return (opcode & 7) < 4;
  if (opcode >= 0x80 && opcode <= 0x8f) return true;
  if (opcode >= 0xd0 && opcode <= 0xdf) return opcode < 0xd4 || opcode > 0xd7;
  return [0x63, 0x69, 0x6b, 0xc0, 0xc1, 0xc6, 0xc7, 0xf6, 0xf7, 0xfe, 0xff].includes(opcode);
}

/** Bytes of immediate operands. `short` is the 66 prefix: 16-bit operands. */
function immediateBytes(map: OpcodeMap, opcode: number, group: number, short: boolean, wide: boolean, addressPrefix: boolean): number {
  const word = short && !wide ? 2 : 4;
  if (map === 1) return (opcode & 0xf0) === 0x80 ? 4 : withByte0F.has(opcode) ? 1 : 0;
  if (map !== 0) return map === 3 || map === 8 ? 1 : map === 10 ? 4 : 0;
  if (opcode < 0x40) return (opcode & 7) === 4 ? 1 : (opcode & 7) === 5 ? word : 0;
  if (opcode >= 0x70 && opcode <= 0x7f) return 1;
  if (opcode >= 0xb0 && opcode <= 0xb7) return 1;
  if (opcode >= 0xb8 && opcode <= 0xbf) return wide ? 8 : word;
  if (opcode >= 0xa0 && opcode <= 0xa3) return addressPrefix ? 4 : 8;
  if (opcode >= 0xe0 && opcode <= 0xe7) return 1;
  switch (opcode) {
    case 0x6a:
    case 0x6b:
    case 0x80:
    case 0x83:
    case 0xa8:
    case 0xc0:
    case 0xc1:
    case 0xc6:
    case 0xcd:
    case 0xeb:
      return 1;
    case 0x68:
    case 0x69:
    case 0x81:
    case 0xa9:
    case 0xc7:
      return word;
    case 0xe8:
    case 0xe9:
      return 4;
    case 0xc2:
    case 0xca:
      return 2;
    case 0xc8:
      return 3;
    case 0xf6:
      return group < 2 ? 1 : 0;
    case 0xf7:
      return group < 2 ? word : 0;
    default:
      return 0;
  }
}

/**
 * The instruction at an index.
 * @returns undefined where there is none: invalid in 64-bit mode, unknown here, or cut off
 */
export function decode(bytes: Uint8Array, at: number): Instruction | undefined {
  const end = Math.min(bytes.length, at + LONGEST);
  let i = at;
  let prefix = 0;
  let short = false;
  let addressPrefix = false;
  for (; i < end; i++) {
    const byte = bytes[i]!;
    if (byte === 0x66 || byte === 0xf2 || byte === 0xf3) {
      // F2 and F3 choose before 66 does, wherever they stand
      prefix = byte === 0x66 && prefix !== 0 ? prefix : byte;
      short ||= byte === 0x66;
    } else if (byte === 0x67) addressPrefix = true;
    else if (byte !== 0x2e && byte !== 0x36 && byte !== 0x3e && byte !== 0x26 && byte !== 0x64 && byte !== 0x65 && byte !== 0xf0) break;
  }
  let rexBits = 0;
  let rex = false;
  if (i < end && (bytes[i]! & 0xf0) === 0x40) {
    rexBits = bytes[i++]!;
    rex = true;
  }
  if (i >= end) return undefined;
  let wide = (rexBits & 8) !== 0;
  let regHigh = (rexBits & 4) << 1;
  let indexHigh = (rexBits & 2) << 2;
  let baseHigh = (rexBits & 1) << 3;
  let map: OpcodeMap = 0;
  let vector = false;
  let extra = -1;
  let opcode = bytes[i++]!;
  const vectorPrefix = !rex && (opcode === 0xc4 || opcode === 0xc5 || opcode === 0x62 || (opcode === 0x8f && (bytes[i]! & 0x1f) >= 8));
  if (vectorPrefix) {
    const lead = opcode;
    const first = bytes[i++]!;
    vector = true;
    regHigh = (~first & 0x80) >> 4;
    let last = first;
    if (lead === 0xc5) map = 1;
    else {
      indexHigh = (~first & 0x40) >> 3;
      baseHigh = (~first & 0x20) >> 2;
      const selected = first & (lead === 0x62 ? 0x07 : 0x1f);
      if (![1, 2, 3, 5, 6, 8, 9, 10].includes(selected)) return undefined;
      map = selected as OpcodeMap;
      last = bytes[i++]!;
      wide = (last & 0x80) !== 0;
      if (lead === 0x62) i++;
    }
    extra = (~last >> 3) & 15;
    prefix = [0, 0x66, 0xf3, 0xf2][last & 3]!;
    short = false;
    if (i >= end) return undefined;
    opcode = bytes[i++]!;
  } else if (opcode === 0x0f) {
    if (i >= end) return undefined;
    map = 1;
    opcode = bytes[i++]!;
    if (opcode === 0x38 || opcode === 0x3a) {
      map = opcode === 0x38 ? 2 : 3;
      if (i >= end) return undefined;
      opcode = bytes[i++]!;
    }
  } else if (invalid.has(opcode)) return undefined;

  let mod = -1;
  let group = 0;
  let reg = (opcode & 7) | baseHigh;
  let rm = -1;
  let base = -1;
  let hasIndex = false;
  let displacement = 0;
  if (hasModRm(map, opcode)) {
    if (i >= end) return undefined;
    const modRm = bytes[i++]!;
    mod = modRm >> 6;
    group = (modRm >> 3) & 7;
    reg = group | regHigh;
    let low = modRm & 7;
    if (mod === 3) rm = low | baseHigh;
    else {
      let displacementBytes = mod === 1 ? 1 : mod === 2 ? 4 : 0;
      if (low === 4) {
        if (i >= end) return undefined;
        const sib = bytes[i++]!;
        hasIndex = (((sib >> 3) & 7) | indexHigh) !== 4;
        low = sib & 7;
        if (low === 5 && mod === 0) displacementBytes = 4;
        else base = low | baseHigh;
      } else if (low === 5 && mod === 0) {
        displacementBytes = 4;
        base = -2;
      } else base = low | baseHigh;
      if (i + displacementBytes > end) return undefined;
      displacement = signed(bytes, i, displacementBytes);
      i += displacementBytes;
    }
  }
  const immediateSize = immediateBytes(map, opcode, group, short, wide, addressPrefix);
  if (i + immediateSize > end) return undefined;
  const immediate = signed(bytes, i, Math.min(4, immediateSize));
  i += immediateSize;
  return {
    length: i - at,
    map,
    opcode,
    vector,
    wide,
    rex,
    prefix,
    mod,
    reg,
    group,
    rm,
    base,
    hasIndex,
    displacement,
    immediate,
    extra,
  };
}

function signed(bytes: Uint8Array, at: number, count: number): number {
  switch (count) {
    case 0:
      return 0;
    case 1:
      return (bytes[at]! << 24) >> 24;
    case 2:
      return ((bytes[at]! | (bytes[at + 1]! << 8)) << 16) >> 16;
    case 3:
      return bytes[at]! | (bytes[at + 1]! << 8);
    default:
      return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
  }
}
