/**
 * Output of Xen's xenctx, one trace after another, as in Brendan Gregg's loop (`while :; do xenctx -C -s map DOM >> out; done`). Each begins with the registers
 * (`rip: ...`), and has a `Call Trace:` (or with -S a `Stack Trace:`) where the instruction pointer is in the kernel (tools/xentrace/xenctx.c).
 */
import { FormatError } from './errors.ts';
import { NamedProfile, type ImportedFile, type Steps } from './importer.ts';
import { AddressTraces } from './addressTraces.ts';

/** The line that begins a vCPU's registers: x86-64, x86-32, Arm. */
const REGISTERS = /^(?:rip|cs:eip|eip|PC|pc):\s+(.*)$/;
const POINTER = /^(?:[0-9a-f]{1,4}:)?([0-9a-f]{8,16})\b\s*(.*)$/;
/** `WHERE:  [<ADDRESS>] symbol+0xoffset`, `*` or `|` before it with -S, `<--` behind the first; older versions do not say where. */
const FRAME = /^(?:[0-9a-f]{8,16}:)?[ *|]*\[<([0-9a-f]{8,16})>\]\s*(.*)$/;
/** With -C. */
const VCPU = /^vcpu(\d{1,4}):$/;
const SEEN_WITHIN_LINES = 40;

export function readXenctx(file: ImportedFile): Steps | null {
  if (!file.isText) return null;
  for (const { text, number } of file.lines()) {
    const registers = REGISTERS.exec(text);
    if (registers && POINTER.test(registers[1]!)) return read(file);
    if (number > SEEN_WITHIN_LINES || text.length > 400) return null;
  }
  return null;
}

function* read(file: ImportedFile): Steps {
  const built = new NamedProfile({ title: file.name, symbols: 'from xenctx' });
  const traces = new AddressTraces(built, '');
  let [isTrace, hasFrames, vcpu] = [false, false, 0];
  for (const { text, number, next } of file.lines()) {
    if (number % 256 === 0) yield { profile: built.profile, done: next / file.bytes.length };
    const registers = REGISTERS.exec(text);
    if (registers) {
      const pointer = POINTER.exec(registers[1]!);
      if (!pointer)
        throw new FormatError(`${file.name}:${number}: registers without an instruction pointer: ${JSON.stringify(text.slice(0, 80))}`);
      traces.begin(vcpu);
      traces.frame(BigInt(`0x${pointer[1]!}`), symbolOf(pointer[2]!));
      isTrace = false;
    } else if (VCPU.test(text)) vcpu = Number(VCPU.exec(text)![1]);
    else if (/^(Call|Stack) Trace:/.test(text)) isTrace = true;
    else if (isTrace && text.trim() !== '') {
      const frame = FRAME.exec(text);
      // The first repeats the instruction pointer. What is no frame is a word of the stack (-S), or says why xenctx stopped.
      if (!frame || frame[2]!.trimEnd().endsWith('<--')) continue;
      const address = BigInt(`0x${frame[1]!}`);
      // A small number on the stack, and no code: the first page is never mapped.
      if (address < 4096n) continue;
      hasFrames = true;
      traces.frame(address, symbolOf(frame[2]!));
    }
  }
  traces.end();
  if (hasFrames)
    built.profile.facts.warnings.push(
      'Unless xenctx ran with -f, it took every word on the stack that could be a code address for a frame: frames may be left over from earlier calls',
    );
  return built.profile;
}

/** `symbol+0xoffset`, without the offset. */
function symbolOf(text: string): string {
  return text
    .trim()
    .replace(/\s*<--$/, '')
    .replace(/\+(0x)?[0-9a-f]+$/, '')
    .trim();
}
