/** What the comparison of a guest's text with an ELF file has shown, for a reader. */
import type { SymbolProof } from '../../protocol.ts';
import type { TextFinding } from '../guest/textProof.ts';

/** @param nameOf the function of the file at a link-time address */
export function proofInWords(finding: TextFinding, trusted: boolean, nameOf: (address: number) => string | undefined): SymbolProof {
  const { verdict, slide } = finding;
  const proof = { verdict, detail: detailOf(finding, nameOf), ...(verdict === 'mismatch' && trusted ? { trusted } : {}) };
  return withSlide(proof, BigInt(slide));
}

export function withSlide(proof: SymbolProof, slide: bigint): SymbolProof {
  return slide === 0n ? proof : { ...proof, slide: `${slide < 0n ? '-' : ''}0x${(slide < 0n ? -slide : slide).toString(16)}` };
}

export function slideOf(proof: SymbolProof | null): bigint {
  const found = /^(-?)0x([0-9a-f]{1,16})$/.exec(proof?.slide ?? '');
  return found ? BigInt(`0x${found[2]!}`) * (found[1] === '-' ? -1n : 1n) : 0n;
}

/** The first of the warnings: nothing else matters where this one holds. */
export function mismatchWarning({ detail, trusted }: SymbolProof, what: string): string {
  const wrong = `The guest does not run ${what}: ${detail}.`;
  return trusted === true
    ? `${wrong} The names are this ELF file's, because you said so, and may be wrong`
    : `${wrong} Its names are withheld and addresses shown; choose the ELF file that the guest was built from`;
}

function detailOf(finding: TextFinding, nameOf: (address: number) => string | undefined): string {
  const { verdict, pages, equalPages, outsidePages, bytes, differingBytes, differing, firstOther } = finding;
  if (verdict === 'unchecked') return 'no text of the guest has come';
  if (verdict === 'mismatch') {
    const others = equalPages === 0 ? 'none' : `only ${equalPages}`;
    return `${others} of ${count(pages, 'sampled page')} of its text ${equalPages === 1 ? 'is' : 'are'} in that file (the one at ${hex(firstOther ?? 0)} is not)`;
  }
  const outside = outsidePages > 0 ? `; ${count(outsidePages, 'page')} outside of the file` : '';
  const whole = `${count(equalPages, 'page')} of the guest's text, ${bytes} bytes, compared with the file`;
  if (differingBytes === 0) return `${whole}: all equal${outside}`;
  const names = [...new Set(differing.map(nameOf))].filter((name) => name !== undefined);
  const where = names.length > 0 ? ` (in ${names.slice(0, 3).join(', ')})` : '';
  return `${whole}: ${count(differingBytes, 'byte')} differ${where}, as where a guest patches itself${outside}`;
}

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;
const hex = (address: number): string => `0x${BigInt.asUintN(64, BigInt(address)).toString(16)}`;
