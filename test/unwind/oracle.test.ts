/** The parts of unwinding against other readers of the same files, over the large binaries of the machine: binutils for what is written, CFI for what code does. */
import { execFileSync, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { afterAll, describe, expect, test } from 'vitest';
import { CfiTable } from '../../extension/engine/dwarf/cfi.ts';
import {
  AT_CFA,
  AT_EXPRESSION,
  type CfiRow,
  IN_REGISTER,
  IS_CFA,
  IS_EXPRESSION,
  rowAt,
  SAME,
  UNDEFINED,
  UNSPECIFIED,
} from '../../extension/engine/dwarf/cfiRow.ts';
import { ElfFile } from '../../extension/engine/elf/elfFile.ts';
import { addressOf } from '../../extension/engine/unwind/address.ts';
import { CodeFlows } from '../../extension/engine/unwind/codeFlows.ts';
import { ElfCodeImage } from '../../extension/engine/unwind/image.ts';
import { RIP, RSP } from '../../extension/engine/unwind/photograph.ts';
import { decode } from '../../extension/engine/unwind/x86/instruction.ts';
import { agrees } from '../../extension/engine/unwind/x86/rules.ts';
import { type ReadelfRow, readelfRows } from './readelf.ts';
import { Workshop } from './trace.ts';

const workshop = new Workshop();
afterAll(() => workshop.close());

const library = execFileSync('gcc', ['-print-file-name=libc.so.6'], { encoding: 'utf8' }).trim();
const compiler = execFileSync('gcc', ['-print-prog-name=cc1'], { encoding: 'utf8' }).trim();
const alone = ['-nostdlib', '-static', '-no-pie', '-ffreestanding', '-fno-stack-protector', '-O2'];
const columns = ['rax', 'rdx', 'rcx', 'rbx', 'rsi', 'rdi', 'rbp', 'rsp', 'r8', 'r9', 'r10', 'r11', 'r12', 'r13', 'r14', 'r15', 'ra'];
const withSign = (value: number): string => (value < 0 ? String(value) : `+${value}`);

/** A column of a row, in readelf's words. */
function rule(row: CfiRow, column: number): string {
  const value = row.values[column]!;
  switch (row.kinds[column]) {
    case AT_CFA:
      return `c${withSign(value)}`;
    case IS_CFA:
      return `v${withSign(value)}`;
    case IN_REGISTER:
      return `r${value}`;
    case AT_EXPRESSION:
      return 'exp';
    case IS_EXPRESSION:
      return 'vexp';
    case SAME:
      return 's';
    case UNDEFINED:
    case UNSPECIFIED:
      return 'u';
    default:
      return '?';
  }
}

/** What differs between a row of readelf's and ours for the same address. */
function differences(table: CfiTable, theirs: ReadelfRow): string[] {
  const address = addressOf(theirs.address);
  const fn = table.functionAt(address);
  const row = fn && rowAt(fn, address);
  const where = `${theirs.section} ${theirs.address.toString(16)}`;
  if (!fn || !row) return [`${where}: no row`];
  const found: string[] = [];
  if (fn.start !== addressOf(theirs.functionStart)) found.push(`${where}: another function`);
  const cfa = row.cfaRegister < 0 ? 'exp' : `${columns[row.cfaRegister]!}${withSign(row.cfaOffset)}`;
  if (cfa !== theirs.cfa) found.push(`${where}: CFA ${cfa}, not ${theirs.cfa}`);
  for (const [name, theirRule] of theirs.rules) {
    const column = columns.indexOf(name);
    if (column >= 0 && rule(row, column) !== theirRule) found.push(`${where}: ${name} ${rule(row, column)}, not ${theirRule}`);
  }
  return found;
}

describe('call frame information is read as readelf reads it, row by row', () => {
  const made = (name: string, ...flags: string[]) =>
    [name, () => workshop.build('work.c', 'rows', [...alone, '-g', ...flags]), '.debug_frame', 80] as const;
  test.each([
    ['the C library', () => library, '.eh_frame', 20_000],
    ['the C compiler', () => compiler, '.eh_frame', 300_000],
    ['a static program', () => workshop.build('hosted.c', 'static', ['-static', '-g', '-O2']), '.eh_frame', 5_000],
    made('DWARF 2', '-gdwarf-2', '-fno-asynchronous-unwind-tables'),
    made('DWARF 3', '-gdwarf-3', '-fno-asynchronous-unwind-tables'),
    made('DWARF 4', '-gdwarf-4', '-fno-asynchronous-unwind-tables'),
    made('DWARF 5', '-gdwarf-5', '-fno-asynchronous-unwind-tables', '-fno-dwarf2-cfi-asm'),
    made('DWARF 5 of 64 bits', '-gdwarf-5', '-gdwarf64', '-fno-asynchronous-unwind-tables', '-fno-dwarf2-cfi-asm'),
    made('compressed', '-gdwarf-5', '-gz', '-fno-asynchronous-unwind-tables'),
  ] as const)('%s', { timeout: 120_000 }, async (_, fileOf, section, atLeast) => {
    const file = fileOf();
    const elf = ElfFile.open(file);
    const table = CfiTable.of(elf);
    expect(table.faults).toEqual([]);
    const found: string[] = [];
    let rows = 0;
    let last: ReadelfRow | null = null;
    const check = (next: ReadelfRow | null): void => {
      // a row that another one replaces at the same address says nothing
      if (last !== null && last.section === section && (next?.address !== last.address || next.functionStart !== last.functionStart)) {
        rows++;
        if (found.length < 10) found.push(...differences(table, last));
      }
      last = next;
    };
    for await (const row of readelfRows(file)) check(row);
    check(null);
    console.log(`${file}: ${rows} rows of ${table.count} functions compared`);
    expect(found).toEqual([]);
    expect(rows).toBeGreaterThan(atLeast);
    elf.close();
  });
});

test('instructions are as long as objdump finds them', { timeout: 120_000 }, async () => {
  const process = spawn('objdump', ['-d', '-w', '--insn-width=16', library], { stdio: ['ignore', 'pipe', 'ignore'] });
  const wrong: string[] = [];
  let instructions = 0;
  for await (const line of createInterface({ input: process.stdout })) {
    const found = /^\s*[0-9a-f]+:\t((?:[0-9a-f]{2} )+)\s*\t(.*)$/.exec(line);
    if (!found || found[2]!.includes('(bad)')) continue;
    const bytes = Buffer.from(found[1]!.replaceAll(' ', ''), 'hex');
    instructions++;
    if (decode(Buffer.concat([bytes, Buffer.alloc(16, 0xcc)]), 0)?.length !== bytes.length && wrong.length < 10) wrong.push(line);
  }
  console.log(`${library}: ${instructions} instructions`);
  expect(wrong).toEqual([]);
  expect(instructions).toBeGreaterThan(200_000);
});

test("what a function's instructions say of the CFA is what its call frame information says", { timeout: 120_000 }, () => {
  const elf = ElfFile.open(compiler);
  const image = new ElfCodeImage(elf);
  const flows = new CodeFlows(image);
  const differing: string[] = [];
  let same = 0;
  let unknown = 0;
  for (const fn of image.cfiTable.functions()) {
    const [first] = fn.rows;
    // parts that the compiler split off are not entered by calls; what nothing calls has no return address
    if (fn.signal || first?.cfaRegister !== RSP || first.cfaOffset !== 8 || first.kinds[RIP] === UNDEFINED) continue;
    const called = { start: fn.start, end: fn.end, called: true, parent: NaN };
    for (let address = fn.start; address < fn.end; address++) {
      const state = flows.stateAt(called, address, true);
      const row = rowAt(fn, address);
      if (!state || !row || row.cfaRegister < 0) continue;
      const says = agrees(state, row);
      if (says === undefined) unknown++;
      else if (says) same++;
      else differing.push(address.toString(16));
    }
    if (same > 1_200_000) break;
  }
  console.log(`${compiler}: ${same} instructions agree, ${unknown} say nothing, ${differing.length} differ: ${differing.join(' ')}`);
  // What follows a call that does not return, in a function that goes on there for other reasons (exceptions), is not told apart from what a call
  // returns to: no such place can be sampled after such a call.
  expect(differing.length).toBeLessThan(same / 20_000);
  expect(same).toBeGreaterThan(1_000_000);
  expect(unknown).toBeLessThan(same / 10_000);
  elf.close();
});
