/** The texts of frames: ten thousand addresses of a C++ program make tens of megabytes, most of it the same frames over and over. */
import { NO_FILE } from '../engine/dwarf/frameRows.ts';
import type { Answers } from '../engine/symbols/answers.ts';
import type { OutputBytes } from './outputBytes.ts';

/** How the parts of a frame are written that depend on its function and its file alone. */
export interface FrameStyle {
  name(name: string): string;
  path(path: string): string;
  /** What comes last. */
  tail(fn: number): string;
  /** Whether the name comes before the path. */
  readonly nameFirst: boolean;
}

const MOST_SLOTS = 1 << 15;
const MAX_KEPT_BYTES = 16 * 1024 * 1024;

/** Keeps texts by function and file, in a table in which each pair has one place, and the last one that belonged there is in it. */
export class FrameTexts {
  private readonly answers: Answers;
  private readonly out: OutputBytes;
  private readonly style: FrameStyle;
  private readonly slots: number;
  /** Of the text in each slot: the row it was made for, or -1; where it begins, where its tail begins, and where that ends. */
  private readonly rows: Int32Array;
  private readonly starts: Int32Array;
  private readonly tails: Int32Array;
  private readonly ends: Int32Array;
  /** Every unit of a C++ program has functions of its own of the same names: by function, the first that is written as it is, or -1. */
  private readonly firstLike: Int32Array;
  private readonly byName = new Map<string, { readonly text: string; readonly functions: number[] }>();
  private readonly paths: (string | undefined)[] = [];
  /** Slot of the row that was put last. */
  private slot = 0;

  constructor(answers: Answers, out: OutputBytes, style: FrameStyle) {
    this.answers = answers;
    this.out = out;
    this.style = style;
    this.slots = Math.min(MOST_SLOTS, 2 ** Math.ceil(Math.log2(answers.rows.count + 1)));
    this.rows = new Int32Array(this.slots).fill(-1);
    this.starts = new Int32Array(this.slots);
    this.tails = new Int32Array(this.slots);
    this.ends = new Int32Array(this.slots);
    this.firstLike = new Int32Array(answers.functions.length).fill(-1);
  }

  /** Puts in the name and the path of a row. */
  put(row: number): void {
    const { rows, function: functions } = this.answers;
    const like = this.like(functions[row]!);
    const hash = Math.imul(Math.imul(like, 31) + rows.file[row]!, 0x9e3779b1);
    const slot = (hash ^ (hash >>> 15)) & (this.slots - 1);
    if (!this.isSame(this.rows[slot]!, row, like)) this.fill(slot, row, like);
    this.slot = slot;
    this.out.putKept(this.starts[slot]!, this.tails[slot]!);
  }

  /** What comes last in the row that was put last. */
  putTail(): void {
    this.out.putKept(this.tails[this.slot]!, this.ends[this.slot]!);
  }

  private isSame(known: number, row: number, like: number): boolean {
    if (known === -1) return false;
    const { rows, function: functions } = this.answers;
    return this.firstLike[functions[known]!] === like && rows.file[known] === rows.file[row];
  }

  private fill(slot: number, row: number, like: number): void {
    const { answers, out, style, rows, paths } = this;
    if (out.kept > MAX_KEPT_BYTES) {
      out.forget();
      rows.fill(-1);
    }
    const file = answers.rows.file[row]!;
    const path = (paths[file - NO_FILE] ??= style.path(answers.files[file] ?? ''));
    rows[slot] = row;
    this.starts[slot] = out.kept;
    const name = this.byName.get(answers.functions[like]!.name)!.text;
    out.keep(style.nameFirst ? name + path : path + name);
    this.tails[slot] = out.kept;
    out.keep(style.tail(like));
    this.ends[slot] = out.kept;
  }

  private like(fn: number): number {
    const known = this.firstLike[fn]!;
    if (known !== -1) return known;
    const { functions } = this.answers;
    const { name, declFile, declLine } = functions[fn]!;
    let namesakes = this.byName.get(name);
    if (namesakes === undefined) this.byName.set(name, (namesakes = { text: this.style.name(name), functions: [] }));
    let like = namesakes.functions.find((other) => functions[other]!.declLine === declLine && functions[other]!.declFile === declFile);
    if (like === undefined) namesakes.functions.push((like = fn));
    this.firstLike[fn] = like;
    return like;
  }
}
