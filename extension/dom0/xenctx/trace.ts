/** What xenctx prints of a guest's vCPUs (xen/tools/misc/xenctx.c), as photographs of the agent's format. */

const REGISTERS = ['rax', 'rdx', 'rcx', 'rbx', 'rsi', 'rdi', 'rbp', 'rsp', 'r8', 'r9', 'r10', 'r11', 'r12', 'r13', 'r14', 'r15', 'rip'];
const HEAD_BYTES = 164;
const MAX_STACK_BYTES = 64 * 1024;
const FLAG_AT_LIMIT = 1;

/**
 * @param states of vCPUs by number: 0 running, 1 runnable, 2 blocked; a vCPU that is not in it is not online
 * @returns one record for each vCPU that was printed whole
 */
export function photographsOf(text: string, states: ReadonlyMap<number, number>, timeNs: number, pauseNs: number): Buffer[] {
  const sections = text.split(/^vcpu(\d+):\s*$/m);
  const records: Buffer[] = [];
  for (let i = 1; i + 1 < sections.length; i += 2) {
    const vcpu = Number(sections[i]);
    const state = states.get(vcpu);
    const record = state === undefined ? null : photograph(sections[i + 1]!, vcpu, state, timeNs, pauseNs);
    if (record) records.push(record);
  }
  return records;
}

/** `xl vcpu-list`: name, id, vCPU, CPU, three letters of state, time, affinity. The name may hold anything. */
export function statesOf(text: string): Map<number, number> {
  const states = new Map<number, number>();
  for (const [, vcpu, letters] of text.matchAll(/^.*?\s\d+\s+(\d+)\s+(?:\d+|-)\s+([r-][b-][p-])\s+\d/gm)) {
    states.set(Number(vcpu), letters![1] === 'b' ? 2 : letters!.startsWith('r') ? 0 : 1);
  }
  return states;
}

function photograph(text: string, vcpu: number, state: number, timeNs: number, pauseNs: number): Buffer | null {
  const registers = new Map(
    [...text.matchAll(/\b(r(?:[a-d]x|[sb]p|ip|[sd]i|\d+)): ([0-9a-f]{16})\b/g)].map(([, name, hex]) => [name, BigInt(`0x${hex}`)]),
  );
  const rsp = registers.get('rsp');
  if (rsp === undefined || !registers.has('rip')) return null;
  const stack = stackOf(text, rsp);
  const record = Buffer.alloc(HEAD_BYTES + stack.length);
  record.writeUInt32LE(HEAD_BYTES - 4 + stack.length, 0);
  record.writeBigUInt64LE(BigInt(Math.max(0, Math.round(timeNs))), 4);
  record.writeUInt16LE(vcpu, 12);
  record.writeUInt8(state, 14);
  record.writeUInt8(FLAG_AT_LIMIT, 15);
  record.writeUInt32LE(Math.min(Math.round(pauseNs), 0xffffffff), 16);
  REGISTERS.forEach((name, i) => record.writeBigUInt64LE(registers.get(name) ?? 0n, 20 + i * 8));
  record.writeBigUInt64LE(rsp, 20 + REGISTERS.length * 8);
  stack.copy(record, HEAD_BYTES);
  return record;
}

/** The words that xenctx shows, from the stack pointer up as long as they follow each other. The trace that it makes of them is a guess, and not read. */
function stackOf(text: string, rsp: bigint): Buffer {
  const words: bigint[] = [];
  let next = rsp;
  for (const [, address, word] of text.matchAll(/^([0-9a-f]{16}): ([0-9a-f]{16})\s*$/gm)) {
    if (BigInt(`0x${address}`) !== next || words.length * 8 >= MAX_STACK_BYTES) break;
    words.push(BigInt(`0x${word}`));
    next += 8n;
  }
  const stack = Buffer.alloc(words.length * 8);
  words.forEach((word, i) => stack.writeBigUInt64LE(word, i * 8));
  return stack;
}
