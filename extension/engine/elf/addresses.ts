/**
 * 64-bit addresses as exact doubles, for tables and inner loops.
 *
 * An address is kept as its distance from a bias, as a signed 64-bit number. With bias 0 that is exact for user space and for kernels in the high
 * half (0xffffffff81000000 is -0x7f000000). Where a file's code lies elsewhere (ppc64 kernels at 0xc000...), the bias is the upper half of its address.
 */
import type { Segment, Section } from './headers.ts';
import { PF_X, PT_LOAD, SHF_EXECINSTR } from './constants.ts';

const EXACT = 2 ** 52;

export class AddressSpace {
  /** The bias's upper 32 bits; its lower ones are zero. */
  readonly biasHigh: number;
  private readonly bias: bigint;

  constructor(biasHigh: number) {
    this.biasHigh = biasHigh | 0;
    this.bias = BigInt(this.biasHigh) << 32n;
  }

  /** The space in which a file's code has exact addresses. */
  static of(file: { readonly segments: readonly Segment[]; readonly sections: readonly Section[] }): AddressSpace {
    const code =
      file.segments.find(({ type, flags }) => type === PT_LOAD && (flags & PF_X) !== 0) ??
      file.sections.find(({ flags }) => (flags & SHF_EXECINSTR) !== 0);
    const address = BigInt.asIntN(64, code?.address ?? 0n);
    return new AddressSpace(Math.abs(Number(address)) < EXACT ? 0 : Number(address >> 32n));
  }

  /** Not exact for what is 2^53 bytes away from the file's code. */
  toNumber(address: bigint): number {
    return Number(BigInt.asIntN(64, address - this.bias));
  }

  /** From the two halves of an address as they stand in a file. */
  fromHalves(high: number, low: number): number {
    return ((high - this.biasHigh) | 0) * 0x1_0000_0000 + (low >>> 0);
  }

  /** The two halves of an address, as 32 bits without a sign each. */
  highHalf(number: number): number {
    return (Math.floor(number / 0x1_0000_0000) + this.biasHigh) >>> 0;
  }

  lowHalf(number: number): number {
    return number >>> 0;
  }

  toBigInt(number: number): bigint {
    return BigInt.asUintN(64, BigInt(number) + this.bias);
  }
}
