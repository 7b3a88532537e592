/**
 * Guest addresses as doubles: the 64-bit address read as a signed number.
 *
 * Every address an x86-64 processor accepts is within 2^47 of zero that way (2^56 with five-level paging, which no unikernel uses), so it is exact and its
 * arithmetic is cheap. Anything further out than 2^52 is no address: it becomes NaN, which no comparison accepts and which stays NaN in sums.
 */
const HIGH_LIMIT = 2 ** 20;
const LIMIT = 2 ** 52;

export function addressOf(value: bigint): number {
  const number = Number(BigInt.asIntN(64, value));
  return Math.abs(number) < LIMIT ? number : NaN;
}

/** From the halves of a word: the upper one signed, the lower one not. */
export function addressOfHalves(high: number, low: number): number {
  return high < HIGH_LIMIT && high >= -HIGH_LIMIT ? high * 2 ** 32 + low : NaN;
}

/** An address of `addressOf` as the guest has it. */
export function toUnsigned(address: number): bigint {
  return BigInt.asUintN(64, BigInt(address));
}
