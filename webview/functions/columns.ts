/** What the functions table shows: its columns, and one row of a reply in the words of a column. No DOM. */
import type { DiffFunctionsReply, DiffFunctionsRequest, FrameInfo, FunctionsReply } from '../../extension/protocol.ts';
import { changeClasses, frameClasses } from '../colours.ts';
import { formatChange, formatShare, formatWeight } from '../format.ts';
import { shortPlace, visibleText } from '../names.ts';

export type Order = DiffFunctionsRequest['order'];

export interface Column {
  readonly title: string;
  /** null: not to be sorted by. */
  readonly order: Order | null;
  readonly kind: 'name' | 'text' | 'figure' | 'cost' | 'change';
  /** Names begin with A, costs with the greatest. */
  readonly descendingFirst: boolean;
}

const name = { title: 'Function', order: 'name', kind: 'name', descendingFirst: false } as const;
const module = { title: 'Module', order: 'module', kind: 'text', descendingFirst: false } as const;
const file = { title: 'Source', order: 'file', kind: 'text', descendingFirst: false } as const;

export const COLUMNS: readonly Column[] = [
  { title: 'Self', order: 'self', kind: 'cost', descendingFirst: true },
  { title: 'Total', order: 'total', kind: 'cost', descendingFirst: true },
  name,
  module,
  file,
];

export const DIFF_COLUMNS: readonly Column[] = [
  { title: 'Self Change', order: 'selfChange', kind: 'change', descendingFirst: true },
  { title: 'Total Change', order: 'totalChange', kind: 'change', descendingFirst: true },
  { title: 'Sure Change', order: 'sureChange', kind: 'figure', descendingFirst: true },
  { title: 'Before', order: null, kind: 'figure', descendingFirst: true },
  { title: 'After', order: 'total', kind: 'figure', descendingFirst: true },
  name,
  file,
];

/** What stands first until the user says otherwise: what costs most by itself, or what has become slower, before what only calls it and what is chance. */
export const FIRST_ORDER: Order = 'self';
export const FIRST_DIFF_ORDER: Order = 'sureChange';

export interface Cell {
  readonly text: string;
  /** Behind the text, where there is room for it. */
  readonly word?: string;
  /** For a screen reader and the tooltip, where it tells more. */
  readonly title?: string;
  /** Length of its bar: 0 to 1, or -1 to 1 for a change. */
  readonly bar?: number;
}

export interface FunctionRow {
  readonly frame: FrameInfo;
  /** Classes of the square before its name. */
  readonly swatch: string;
  readonly cells: readonly Cell[];
}

export function profileRow({ rows, grandTotal }: FunctionsReply, at: number, unit: string): FunctionRow {
  const frame = rows.frames[at]!;
  const cost = (weight: number): Cell => ({
    text: formatShare(weight, grandTotal),
    title: `${formatShare(weight, grandTotal)} of all, ${formatWeight(weight, unit)}`,
    bar: grandTotal > 0 ? weight / grandTotal : 0,
  });
  return {
    frame,
    swatch: frameClasses(frame),
    cells: [cost(rows.self[at]!), cost(rows.total[at]!), nameCell(frame), { text: visibleText(frame.module) }, fileCell(frame)],
  };
}

export function diffRow({ rows }: DiffFunctionsReply, at: number): FunctionRow {
  const frame = rows.frames[at]!;
  const [self, total] = [
    { before: rows.baseSelf[at]!, after: rows.otherSelf[at]! },
    { before: rows.baseTotal[at]!, after: rows.otherTotal[at]! },
  ];
  const change = ({ before, after }: typeof self): Cell => ({
    text: formatChange(before, after),
    title: `${formatShare(before, 1)} of all before, ${formatShare(after, 1)} after`,
    bar: after - before,
  });
  // the graph's own mark first: a narrow column has no room for the word
  const [mark, word] =
    total.after <= 0 && total.before > 0 ? ['− ', '(vanished)'] : total.before <= 0 && total.after > 0 ? ['+ ', '(new)'] : ['', ''];
  const sure = rows.sureChange[at]!;
  const sureCell = {
    text: sure === 0 ? '–' : formatChange(0, sure),
    title: sure === 0 ? 'Its change may be chance' : `Of its change ${formatChange(0, sure)} is beyond three standard deviations of chance`,
  };
  const cells = [change(self), change(total), sureCell, { text: formatShare(total.before, 1) }, { text: formatShare(total.after, 1) }];
  const named = nameCell(frame);
  return {
    frame,
    swatch: changeClasses(total.before, total.after),
    cells: [...cells, { text: mark + named.text, word, title: `${named.text} ${word}`.trim() }, fileCell(frame)],
  };
}

function nameCell({ name: text }: FrameInfo): Cell {
  return { text: visibleText(text), title: visibleText(text) };
}

function fileCell(frame: FrameInfo): Cell {
  return { text: shortPlace(frame), title: visibleText(frame.file ?? '') };
}
