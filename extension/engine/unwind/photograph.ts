/** A photograph: what the agent in dom0 saw of one vCPU at one moment. Nothing in it has been interpreted, and nothing in it is to be trusted. */
import { createInflate, type Inflate } from 'node:zlib';
import type { VcpuState } from '../../protocol.ts';
import { StackMirrors } from './stackMirror.ts';

/** Indexes into `Photograph.registers`: the DWARF numbers of x86-64 (System V psABI, figure 3.36). */
export const RAX = 0;
export const RDX = 1;
export const RCX = 2;
export const RBX = 3;
export const RSI = 4;
export const RDI = 5;
export const RBP = 6;
export const RSP = 7;
export const RIP = 16;
export const REGISTER_COUNT = 17;

export interface Photograph {
  /** dom0's monotonic clock. */
  readonly timeNs: number;
  readonly vcpu: number;
  /** Read just before the pause: 0 running, 1 runnable, 2 blocked. */
  readonly state: VcpuState;
  /** The copy of the stack ended at the agent's limit, not at the stack's end. */
  readonly truncated: boolean;
  /** The copy of the stack ended at a page the guest has not mapped. */
  readonly unmapped: boolean;
  /** Registers alone were asked for: there is no stack, and nothing is missing. */
  readonly alone?: boolean;
  readonly pauseNs: number;
  /** rax rdx rcx rbx rsi rdi rbp rsp r8 to r15 rip. */
  readonly registers: BigUint64Array;
  /** Guest address of the first byte of `stack`: the stack pointer, or close to it. */
  readonly stackBase: bigint;
  readonly stack: Uint8Array;
}

/** A page of the guest's text, as it was in the guest's memory while samples were taken in it. */
export interface TextPage {
  readonly address: bigint;
  readonly bytes: Uint8Array;
}

export type PhotographFault =
  /** The compressed stream is broken. */
  | 'not-inflatable'
  /** A record contradicts the format. */
  | 'bad-record'
  /** More than any agent sends. */
  | 'too-large';

/** The photograph stream cannot be read any further. What came before the fault stands. */
export class PhotographError extends Error {
  override readonly name = 'PhotographError';
  readonly fault: PhotographFault;

  constructor(fault: PhotographFault, what: string, cause?: unknown) {
    super(what, { cause });
    this.fault = fault;
  }
}

const LENGTH_BYTES = 4;
const REGISTERS_AT = 16;
const STACK_BASE_AT = REGISTERS_AT + REGISTER_COUNT * 8;
const HEAD_BYTES = STACK_BASE_AT + 8;
/** In the place of a vCPU's state: the record is a page of text. */
const TEXT_STATE = 255;
const TEXT_HEAD_BYTES = 24;
const STATE_AT = 10;
const MAX_RECORD_BYTES = 1024 * 1024;
/** One push inflates to no more than this, whatever it claims: deflate packs zeros a thousand to one. */
const MAX_PUSH_BYTES = 256 * 1024 * 1024;
const FLAG_TRUNCATED = 1;
const FLAG_UNMAPPED = 2;
const FLAG_ALONE = 4;
/** The stack comes as the blocks that are new. */
const FLAG_BLOCKS = 8;
const NOTHING = new Uint8Array(0);

/**
 * Reads the agent's stream: one zlib stream, sync-flushed after each batch, that inflates to records, each
 * u32 length of what follows, u64 time in ns, u16 vCPU, u8 state, u8 flags, u32 pause in ns, 17 x u64 registers, u64 stack base, stack bytes;
 * little-endian. Where the flags hold 8, the stack comes in blocks (stackMirror.ts). A record with the state 255 is a page of text instead: the length, u64 time, u16 0, u8 255, u8 0, u32 0, u64 address, the page's bytes.
 *
 * Inflating is Node's own zlib: native, checked by its checksum, and no dependency; it answers by promise. `push` must not be called again before the
 * promise it returned is settled.
 */
export class PhotographDecoder {
  private readonly inflate: Inflate = createInflate({ chunkSize: 64 * 1024 });
  private pieces: Uint8Array[] = [];
  private inflatedBytes = 0;
  private rest: Uint8Array = NOTHING;
  private failure: PhotographError | null = null;
  private readonly mirrors = new StackMirrors();
  private readonly onText: (page: TextPage) => void;

  /** @param onText is told of the guest's text as it comes, before `push` answers */
  constructor(onText: (page: TextPage) => void = () => undefined) {
    this.onText = onText;
    this.inflate.on('data', (piece: Uint8Array) => this.keep(piece));
    this.inflate.on('error', (cause) =>
      this.fail(new PhotographError('not-inflatable', 'The compressed photograph stream is damaged', cause)),
    );
  }

  /**
   * The photographs that end in this piece of the stream. Their arrays may share memory with each other. Bytes after the stream's own end are ignored.
   * @throws PhotographError, now and at every later call: a stream cannot be picked up again
   */
  async push(chunk: Uint8Array): Promise<Photograph[]> {
    this.throwFailure();
    if (chunk.length === 0) return [];
    this.inflatedBytes = 0;
    await new Promise<void>((resolve) => {
      // A destroyed stream may never call back: its close is as good as an answer.
      const settled = (): void => {
        this.inflate.off('close', settled);
        resolve();
      };
      this.inflate.on('close', settled);
      this.inflate.write(chunk, settled);
    });
    const { pieces } = this;
    this.pieces = [];
    const photographs = this.failure === null || pieces.length > 0 ? this.records(pieces) : [];
    // Whole records before a fault are handed out first; the fault is told at the next call.
    if (photographs.length === 0) this.throwFailure();
    return photographs;
  }

  private keep(piece: Uint8Array): void {
    this.inflatedBytes += piece.length;
    if (this.inflatedBytes > MAX_PUSH_BYTES) {
      this.fail(new PhotographError('too-large', `A batch of photographs inflates to more than ${MAX_PUSH_BYTES} bytes`));
      return;
    }
    this.pieces.push(piece);
  }

  private fail(failure: PhotographError): void {
    this.failure ??= failure;
    this.inflate.destroy();
  }

  private throwFailure(): void {
    if (this.failure) throw this.failure;
  }

  private records(pieces: readonly Uint8Array[]): Photograph[] {
    const bytes = Buffer.concat([this.rest, ...pieces]);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const photographs: Photograph[] = [];
    let at = 0;
    while (at + LENGTH_BYTES <= bytes.length) {
      const length = view.getUint32(at, true);
      // undefined where the record's state has not come yet
      const kind = bytes[at + LENGTH_BYTES + STATE_AT];
      const isText = kind === TEXT_STATE;
      const least = isText || kind === undefined ? TEXT_HEAD_BYTES : HEAD_BYTES;
      if (length < least || length > MAX_RECORD_BYTES) {
        this.fail(new PhotographError('bad-record', `A record of ${length} bytes; one has ${least} to ${MAX_RECORD_BYTES}`));
        return photographs;
      }
      const end = at + LENGTH_BYTES + length;
      if (end > bytes.length) break;
      if (isText) {
        const start = at + LENGTH_BYTES;
        this.onText({ address: view.getBigUint64(start + TEXT_HEAD_BYTES - 8, true), bytes: bytes.subarray(start + TEXT_HEAD_BYTES, end) });
        at = end;
        continue;
      }
      const photograph = readRecord(view, bytes, at + LENGTH_BYTES, end, this.mirrors);
      if (photograph === null) {
        this.fail(new PhotographError('bad-record', 'A photograph of a vCPU in no state that exists, or of a stack that is not whole'));
        return photographs;
      }
      photographs.push(photograph);
      at = end;
    }
    this.rest = bytes.subarray(at);
    return photographs;
  }
}

function readRecord(view: DataView, bytes: Uint8Array, at: number, end: number, mirrors: StackMirrors): Photograph | null {
  const state = view.getUint8(at + 10);
  if (state !== 0 && state !== 1 && state !== 2) return null;
  const flags = view.getUint8(at + 11);
  const registers = new BigUint64Array(REGISTER_COUNT);
  for (let i = 0; i < REGISTER_COUNT; i++) registers[i] = view.getBigUint64(at + REGISTERS_AT + i * 8, true);
  const vcpu = view.getUint16(at + 8, true);
  const stackBase = view.getBigUint64(at + STACK_BASE_AT, true);
  const rest = bytes.subarray(at + HEAD_BYTES, end);
  const stack = (flags & FLAG_BLOCKS) === 0 ? rest : mirrors.stack(vcpu, stackBase, rest);
  if (stack === null) return null;
  return {
    timeNs: Number(view.getBigUint64(at, true)),
    vcpu,
    state,
    truncated: (flags & FLAG_TRUNCATED) !== 0,
    unmapped: (flags & FLAG_UNMAPPED) !== 0,
    alone: (flags & FLAG_ALONE) !== 0,
    pauseNs: view.getUint32(at + 12, true),
    registers,
    stackBase,
    stack,
  };
}
