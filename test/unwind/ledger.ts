/**
 * The true stacks of test/guests/ledger, from its own account: the ledger that its functions keep by `-finstrument-functions` lies above its stack, so
 * that each photograph holds both as they were in one pause.
 *
 * The ledger has a line {function, return address} for each call whose function has gone past the hook in its prologue and not yet past the one in
 * its epilogue. What the true return addresses are, innermost first, follows from where the guest was:
 * - in the body of a function: the ledger's, and the ledger's last line is that function's;
 * - before a function's first hook or after its last one, or in the hypercall page: one that the ledger does not have, and then the ledger's. That one must
 *   be an address of the ledger's last function that a call of this very function (or a call through a pointer) returns to, by objdump's reading;
 * - in a hook: the word on top of the stack, which a hook never moves, and then, until the hook has written its line or since it has struck it out, the
 *   second argument, which it never changes, and then the ledger's. Where the function's last act was to jump to its hook, the word on top is that argument.
 */
import { execFileSync } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { type Photograph, RDI, RIP, RSI, RSP } from '../../extension/engine/unwind/photograph.ts';
import { kept, keyOf } from '../rig/cache.ts';
import { must } from '../rig/run.ts';

const sources = path.resolve(import.meta.dirname, '../guests/ledger');

/** The folder of the built kernels, and all that dom0 needs of it (see the guest's Makefile). */
export async function builtLedgers(): Promise<{ folder: string; files: string[] }> {
  const compiler = await must('cc', ['--version']);
  const pantry = path.resolve(sources, '../pantry');
  const key = await keyOf([compiler], [sources, pantry, path.join(import.meta.dirname, 'work.c')]);
  const folder = await kept('ledgers', key, async (into) => {
    await must('make', ['-s', '-j2', '-f', path.join(sources, 'Makefile'), `OUT=${into}`]);
  });
  const kernels = (await readdir(folder)).filter((name) => name.startsWith('ledger-')).map((name) => path.join(folder, name));
  return { folder, files: [...kernels, path.join(sources, 'ledger.cfg')] };
}

export type Moment = 'body' | 'prologue' | 'epilogue' | 'hook' | 'hypercall';

export interface Truth {
  readonly moment: Moment;
  /** Return addresses, innermost first; null for the one that the ledger does not have. */
  readonly callers: readonly (bigint | null)[];
  /** What may stand in the place of null. */
  readonly possible: ReadonlySet<bigint>;
}

interface Instruction {
  readonly address: bigint;
  readonly next: bigint;
  readonly text: string;
}

interface LedgerFunction {
  readonly name: string;
  /** Instructions before the first hook's call has been made, and after the last one's has returned. */
  readonly prologue: ReadonlySet<bigint>;
  readonly epilogue: ReadonlySet<bigint>;
  /** Return addresses of its calls, by the name of what is called; `*` for calls through a pointer. */
  readonly calls: ReadonlyMap<string, readonly bigint[]>;
}

const ENTER = '__cyg_profile_func_enter';
const EXIT = '__cyg_profile_func_exit';
const NONE: ReadonlySet<bigint> = new Set();

/** What objdump says of a kernel of ours. */
export class LedgerReader {
  private readonly symbols: { readonly name: string; readonly start: bigint }[] = [];
  private readonly byName = new Map<string, bigint>();
  private readonly functions = new Map<string, LedgerFunction>();

  constructor(kernel: string) {
    for (const line of execFileSync('nm', ['-n', kernel], { encoding: 'utf8' }).split('\n')) {
      const found = /^([0-9a-f]+) ([A-Za-z]) (\S+)$/.exec(line);
      if (!found) continue;
      const [, address, kind, name] = found;
      this.byName.set(name!, BigInt(`0x${address}`));
      if (/[tT]/.test(kind!) && !name!.startsWith('ledger_')) this.symbols.push({ name: name!, start: BigInt(`0x${address}`) });
    }
    this.readCode(kernel);
  }

  /** null before the guest has opened its ledger. */
  truthOf({ registers, stackBase, stack }: Photograph): Truth | null {
    const word = (address: bigint): bigint => Buffer.from(stack.buffer, stack.byteOffset).readBigUInt64LE(Number(address - stackBase));
    const ledger = this.byName.get('ledger')!;
    const depth = Number(word(ledger));
    const lines = Array.from({ length: depth }, (_, i) => ({
      fn: this.nameAt(word(ledger + BigInt(8 + 16 * i)))!,
      returnAddress: word(ledger + BigInt(16 + 16 * i)),
    })).reverse();
    const written = lines.map(({ returnAddress }) => returnAddress);
    const rip = registers[RIP]!;
    const place = this.nameAt(rip);
    if (place === ENTER || place === EXIT) {
      const isWritten = place === ENTER ? rip >= this.byName.get('ledger_entered')! : rip < this.byName.get('ledger_left')!;
      const top = word(registers[RSP]!);
      const hooked = this.functions.get(this.nameAt(registers[RDI]!) ?? '');
      const calledFrom = hooked?.calls.get(place)?.includes(top) === true;
      if (!calledFrom && place === ENTER) throw new Error(`a hook that nothing called, at ${rip.toString(16)}`);
      const callers = [...(calledFrom ? [top] : []), ...(isWritten ? [] : [registers[RSI]!]), ...written];
      return { moment: 'hook', callers, possible: NONE };
    }
    const caller = lines[0] && this.functions.get(lines[0].fn);
    if (place === 'hypercall_page') {
      if (!caller) return null;
      return { moment: 'hypercall', callers: [null, ...written], possible: new Set(caller.calls.get('*')) };
    }
    const fn = place === undefined ? undefined : this.functions.get(place);
    if (!fn || !caller) return null;
    const moment = fn.prologue.has(rip) ? 'prologue' : fn.epilogue.has(rip) ? 'epilogue' : 'body';
    if (moment !== 'body') {
      const possible = new Set([...(caller.calls.get(fn.name) ?? []), ...(caller.calls.get('*') ?? [])]);
      return { moment, callers: [null, ...written], possible };
    }
    if (lines[0]!.fn !== fn.name) throw new Error(`${rip.toString(16)} is in ${fn.name}, and the ledger's last line is of ${lines[0]!.fn}`);
    return { moment, callers: written, possible: NONE };
  }

  /** A function's cold part is the function. */
  private nameAt(address: bigint): string | undefined {
    let [low, high] = [0, this.symbols.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.symbols[middle]!.start <= address) low = middle + 1;
      else high = middle;
    }
    return this.symbols[low - 1]?.name.replace(/\.cold$/, '');
  }

  private readCode(kernel: string): void {
    const code = new Map<bigint, Instruction>();
    const listing = execFileSync('objdump', ['-d', '-w', '--no-show-raw-insn', kernel], { encoding: 'utf8', maxBuffer: 1 << 26 });
    const found = [...listing.matchAll(/^ +([0-9a-f]+):\t(.*)$/gm)].map(([, at, text]) => ({
      address: BigInt(`0x${at}`),
      text: text!.trim(),
    }));
    found.forEach((one, i) => code.set(one.address, { ...one, next: found[i + 1]?.address ?? one.address }));
    const calls = new Map<string, Map<string, bigint[]>>();
    for (const { address, next, text } of code.values()) {
      const target = /^call\s+(?:[0-9a-f]+ <([^>+]+)>|\*)/.exec(text);
      const from = target && this.nameAt(address);
      if (!target || !from) continue;
      const own = calls.get(from) ?? new Map<string, bigint[]>();
      calls.set(from, own.set(target[1] ?? '*', [...(own.get(target[1] ?? '*') ?? []), next]));
    }
    for (const { name, start } of this.symbols) {
      const own = calls.get(name);
      if (own) {
        const prologue = own.has(ENTER) ? reachable(code, [start], ENTER) : new Set<bigint>();
        const epilogue = reachable(code, own.get(EXIT) ?? [], EXIT);
        this.functions.set(name, { name, prologue, epilogue, calls: own });
      }
    }
  }
}

/** Instructions that control comes to from some places without passing a call of `hook`, which is the last one it comes to. */
function reachable(code: ReadonlyMap<bigint, Instruction>, from: readonly bigint[], hook: string): Set<bigint> {
  const found = new Set<bigint>();
  const open = [...from];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const instruction = code.get(at);
    if (!instruction || found.has(at)) continue;
    found.add(at);
    const { text, next } = instruction;
    if (/^(ret|ud2|hlt)/.test(text) || text.includes(`<${hook}>`)) continue;
    const jump = /^(j\w+)\s+([0-9a-f]+) </.exec(text);
    if (jump) open.push(BigInt(`0x${jump[2]}`));
    if (jump?.[1] !== 'jmp') open.push(next);
  }
  return found;
}
