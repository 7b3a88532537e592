/** Which general registers an instruction may change (Intel SDM volume 2). Where in doubt, more rather than fewer. */
import type { Instruction } from './instruction.ts';

/** Registers by their hardware numbers. */
export const AX = 0;
export const CX = 1;
export const DX = 2;
export const BX = 3;
export const SP = 4;
export const BP = 5;
export const SI = 6;
export const DI = 7;

const bit = (register: number): number => (register < 0 ? 0 : 1 << register);
const mask = (...registers: readonly number[]): number => registers.reduce((all, register) => all | bit(register), 0);

/** A bit for each register that may hold something else afterwards. The stack pointer's own moves by push, pop, call and ret are not told here. */
export function registersWritten(instruction: Instruction): number {
  if (instruction.vector) return writtenByVector(instruction);
  switch (instruction.map) {
    case 0:
      return writtenByByte(instruction);
    case 1:
      return writtenBy0F(instruction);
    case 2:
      // movbe and crc32; adcx and adox
      return instruction.opcode === 0xf0 || instruction.opcode === 0xf1 || instruction.opcode === 0xf6 ? bit(instruction.reg) : 0;
    case 3:
      // pextr; the string compares
      return (instruction.opcode >= 0x14 && instruction.opcode <= 0x17 ? memoryOrRegister(instruction) : 0) | stringCompare(instruction);
    default:
      return 0;
  }
}

const memoryOrRegister = ({ mod, rm }: Instruction): number => (mod === 3 ? bit(rm) : 0);
const stringCompare = ({ opcode }: Instruction): number => (opcode >= 0x60 && opcode <= 0x63 ? bit(CX) : 0);

/** Without REX, byte registers 4 to 7 are the second bytes of registers 0 to 3. */
const byteRegister = (register: number, rex: boolean): number => (!rex && register >= 4 && register < 8 ? register - 4 : register);

function writtenByByte(instruction: Instruction): number {
  const { opcode, group, rex, mod, rm } = instruction;
  const isByte = (opcode & 1) === 0 && (opcode < 0x40 || (opcode >= 0x80 && opcode < 0x90) || opcode >= 0xc0);
  const reg = bit(isByte ? byteRegister(instruction.reg, rex) : instruction.reg);
  const target = mod !== 3 ? 0 : bit(isByte ? byteRegister(rm, rex) : rm);
  if (opcode < 0x40) {
    if (opcode >= 0x38) return 0; // cmp
    const form = opcode & 7;
    return form < 2 ? target : form < 4 ? reg : bit(AX);
  }
  if (opcode >= 0x58 && opcode <= 0x5f) return reg;
  if (opcode >= 0x90 && opcode <= 0x97) return opcode === 0x90 && !rex ? 0 : bit(AX) | reg;
  if (opcode >= 0xb0 && opcode <= 0xb7) return bit(byteRegister(instruction.reg, rex));
  if (opcode >= 0xb8 && opcode <= 0xbf) return reg;
  if (opcode >= 0xd0 && opcode <= 0xd3) return target;
  switch (opcode) {
    case 0x63:
    case 0x69:
    case 0x6b:
    case 0x8a:
    case 0x8b:
    case 0x8d:
      return reg;
    case 0x6c:
    case 0x6d:
    case 0xaa:
    case 0xab:
    case 0xae:
    case 0xaf:
      return mask(DI, CX);
    case 0x6e:
    case 0x6f:
      return mask(SI, CX);
    case 0x80:
    case 0x81:
    case 0x83:
      return group === 7 ? 0 : target;
    case 0x86:
    case 0x87:
      return reg | target;
    case 0x88:
    case 0x89:
    case 0x8c:
    case 0x8f:
    case 0xc0:
    case 0xc1:
    case 0xc6:
    case 0xc7:
    case 0xfe:
      return target;
    case 0x98:
    case 0x9f:
    case 0xa0:
    case 0xa1:
    case 0xd7:
    case 0xdf: // fnstsw ax
    case 0xe4:
    case 0xe5:
    case 0xec:
    case 0xed:
      return bit(AX);
    case 0x99:
      return bit(DX);
    case 0xa4:
    case 0xa5:
    case 0xa6:
    case 0xa7:
      return mask(SI, DI, CX);
    case 0xac:
    case 0xad:
      return mask(AX, SI, CX);
    case 0xe0:
    case 0xe1:
    case 0xe2:
    case 0xe3:
      return bit(CX);
    case 0xf6:
    case 0xf7:
      return group < 2 ? 0 : group < 4 ? target : mask(AX, DX);
    case 0xff:
      return group < 2 ? target : 0;
    case 0xcd: // int: whatever handles it
      return mask(AX, CX, DX, SI, DI, 8, 9, 10, 11);
    default:
      return 0;
  }
}

function writtenBy0F(instruction: Instruction): number {
  const { opcode, group, rex, mod, rm, prefix } = instruction;
  const reg = bit(instruction.reg);
  const target = memoryOrRegister(instruction);
  const byteTarget = mod === 3 ? bit(byteRegister(rm, rex)) : 0;
  if (opcode >= 0x40 && opcode <= 0x4f) return reg; // cmov
  if (opcode >= 0x90 && opcode <= 0x9f) return byteTarget; // set
  if (opcode >= 0xc8 && opcode <= 0xcf) return reg; // bswap
  switch (opcode) {
    case 0x02:
    case 0x03:
    case 0x2c:
    case 0x2d:
    case 0x50:
    case 0xaf:
    case 0xb2:
    case 0xb4:
    case 0xb5:
    case 0xb6:
    case 0xb7:
    case 0xb8:
    case 0xbc:
    case 0xbd:
    case 0xbe:
    case 0xbf:
    case 0xc5:
    case 0xd7:
      return reg;
    case 0x00:
    case 0x20:
    case 0x21:
    case 0xa4:
    case 0xa5:
    case 0xab:
    case 0xac:
    case 0xad:
    case 0xb3:
    case 0xba:
    case 0xbb:
      return target;
    case 0x01: // smsw, rdtscp, rdpkru, xgetbv and their like
      return target | mask(AX, CX, DX);
    case 0x1e: // rdssp
      return prefix === 0xf3 ? target : 0;
    case 0x7e: // movd; with F3 it is between vector registers
      return prefix === 0xf3 ? 0 : target;
    case 0x05: // syscall
    case 0x34: // sysenter
      return mask(AX, CX, DX, 11);
    case 0x31:
    case 0x32:
    case 0x33:
      return mask(AX, DX);
    case 0xa2: // cpuid
      return mask(AX, BX, CX, DX);
    case 0xae: // rdfsbase, rdgsbase
      return target;
    case 0xb0:
      return byteTarget | bit(AX);
    case 0xb1:
      return target | bit(AX);
    case 0xc0:
      return byteTarget | bit(byteRegister(instruction.reg, rex));
    case 0xc1:
      return target | reg;
    case 0xc7: // cmpxchg8b, cmpxchg16b, rdrand, rdseed, rdpid
      return group >= 6 ? target : mask(AX, DX);
    default:
      return 0;
  }
}

function writtenByVector(instruction: Instruction): number {
  const { map, opcode, extra } = instruction;
  const reg = bit(instruction.reg);
  if (map === 1) {
    if ([0x2c, 0x2d, 0x50, 0x78, 0x79, 0x93, 0xc5, 0xd7].includes(opcode)) return reg;
    return opcode === 0x7e && instruction.prefix !== 0xf3 ? memoryOrRegister(instruction) : 0;
  }
  if (map === 2) {
    if (opcode === 0xf2 || opcode === 0xf5 || opcode === 0xf7) return reg;
    if (opcode === 0xf3) return bit(extra);
    return opcode === 0xf6 ? reg | bit(extra) : 0;
  }
  if (map === 3) {
    if (opcode === 0xf0) return reg;
    return (opcode >= 0x14 && opcode <= 0x17 ? memoryOrRegister(instruction) : 0) | stringCompare(instruction);
  }
  // XOP and the half-precision maps: few, and rare
  return map === 8 ? 0 : reg | memoryOrRegister(instruction) | bit(extra);
}
