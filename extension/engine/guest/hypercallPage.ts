/**
 * The hypercall page: 4096 bytes in the guest that Xen fills with one stub of 32 bytes a hypercall when the guest starts. In the guest's ELF file it is
 * empty, so no symbol but the page's, no call frame information and no instructions describe it. They are known from Xen:
 * `pv_ring3_init_hypercall_page` (arch/x86/pv/hypercall.c), `vmx_init_hypercall_page` and `svm_init_hypercall_page` (arch/x86/hvm).
 */
import type { CfiRow } from '../dwarf/cfiRow.ts';
import { COLUMNS, IS_EXPRESSION, UNSPECIFIED } from '../dwarf/cfiRow.ts';
import { RIP, RSP } from '../unwind/photograph.ts';
import { PLAIN, plainRow, type Step, stepOf } from '../unwind/step.ts';
import { hypercallName } from './hypercalls.ts';

export const HYPERCALL_PAGE_BYTES = 4096;
const STUB_BYTES = 32;
const IRET = 23;
/** Where in the page the stub is that a guest jumps to where it would execute an iret. */
export const IRET_STUB = IRET * STUB_BYTES;

/** XEN_ELFNOTE_HYPERCALL_PAGE (xen/include/public/elfnote.h): the page's address in a PV guest. */
export const XEN_ELFNOTE_HYPERCALL_PAGE = 2;
/** What kernels call the page: Linux, Mini-OS and Unikraft; Solo5 and older Mini-OS. */
export const HYPERCALL_PAGE_SYMBOLS: readonly string[] = ['hypercall_page', 'HYPERCALL_PAGE', '_hypercall_page'];

export interface HypercallStub {
  readonly number: number;
  /** As `hypercallName` gives it. */
  readonly name: string;
}

/** The stub an offset in the page belongs to. */
export function stubAt(offset: number): HypercallStub {
  const number = Math.floor(offset / STUB_BYTES);
  return { number, name: hypercallName(number) };
}

/**
 * PV: bytes pushed before each instruction of
 * 51 push rcx; 41 53 push r11; b8 imm32 mov eax; 0f 05 syscall; 41 5b pop r11; 59 pop rcx; c3 ret.
 */
const pvPushed: Readonly<Record<number, number>> = { 0: 0, 1: 8, 3: 16, 8: 16, 10: 16, 12: 8, 13: 0 };
/** PVH and HVM: b8 imm32 mov eax; 0f 01 c1 vmcall or 0f 01 d9 vmmcall; c3 ret. Nothing is pushed. */
const hvmPushed: Readonly<Record<number, number>> = { 0: 0, 5: 0, 8: 0 };
/** PV's iret, which does not return: 51 push rcx; 41 53 push r11; 50 push rax; b8 imm32 mov eax; 0f 05 syscall. */
const iretPushed: Readonly<Record<number, number>> = { 0: 0, 1: 8, 3: 16, 4: 24, 9: 24 };

const DW_OP_breg7 = 0x77;
const DW_OP_deref = 0x06;

/** The word at rsp + offset; offsets up to 63, which fit the one byte they are given. */
const wordAtRsp = (offset: number): Uint8Array => Uint8Array.of(DW_OP_breg7, offset, DW_OP_deref);

/**
 * The guest has put an iret frame on its stack before it jumped here: flags (of the hypercall), rip, cs, rflags, rsp, ss; the stub pushes three registers
 * above it to make a `struct iret_context`. Its caller is what was interrupted.
 */
function iretStep(pushed: number, entry: number): Step {
  const kinds = new Uint8Array(COLUMNS).fill(UNSPECIFIED);
  const values = new Float64Array(COLUMNS);
  kinds[RIP] = IS_EXPRESSION;
  values[RIP] = 1;
  const row: CfiRow = { start: -Infinity, end: Infinity, cfaRegister: -1, cfaOffset: 0, kinds, values };
  const expressions = [wordAtRsp(pushed + 32), wordAtRsp(pushed + 8)];
  return stepOf('hypercall-page', { expressions, returnColumn: RIP, signal: true }, row, entry);
}

/**
 * The steps out of a stub; more than one where PV and HVM differ, none where no instruction begins.
 * @param page the page's address, as a signed number
 * @param offset in the page, of the instruction that would run next
 */
export function hypercallSteps(page: number, offset: number): Step[] {
  const { number } = stubAt(offset);
  const within = offset % STUB_BYTES;
  const entry = page + number * STUB_BYTES;
  if (number === IRET) {
    const pushed = iretPushed[within];
    return pushed === undefined ? [] : [iretStep(pushed, entry)];
  }
  // In a PV guest the word at a return address's place in the other kinds is rcx or r11 as the caller left it, so the nearer place is looked at first.
  const depths = new Set([hvmPushed[within], pvPushed[within]]);
  depths.delete(undefined);
  return [...depths].map((pushed) => stepOf('hypercall-page', PLAIN, plainRow(RSP, pushed! + 8, { [RIP]: -8 }), entry));
}
