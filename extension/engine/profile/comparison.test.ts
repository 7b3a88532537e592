import { describe, expect, it } from 'vitest';
import type { DiffWidth, ViewFilter } from '../../protocol.ts';
import { openProfile } from '../formats/open.ts';
import { Comparison } from './comparison.ts';
import { EVERYTHING } from './filter.ts';
import { ProfileViews } from './views.ts';

const views = (folded: string): ProfileViews => new ProfileViews(openProfile(Buffer.from(folded), 'simulated'));
const before = views('main;parse;copy 10\nmain;parse 10\nmain;old 20\nmain;send 60\n');
// Twice as long a recording, in another order of functions: the same shares but for what changed.
const after = views('main;send 60\nmain;fresh 20\nmain;parse;copy 100\nmain;parse 20\n');
const comparison = new Comparison(before, after);

function rows(filter: ViewFilter = EVERYTHING, width: DiffWidth = 'both', widthPx = 1000): Record<string, number[]> {
  const { table } = comparison.flame({ filter, rootNode: 0, widthPx, width });
  const paths: string[] = [];
  table.node.forEach((_, row) => {
    const name = table.frames[table.frame[row]!]!.name;
    paths[row] = table.parent[row]! <= 0 ? name : `${paths[table.parent[row]!]!};${name}`;
  });
  return Object.fromEntries(
    paths.map((path, row) => [path, [table.baseTotal[row]!, table.otherTotal[row]!, table.baseSelf[row]!, table.otherSelf[row]!]]),
  );
}

describe('a comparison', () => {
  it('is of shares, and keeps what vanished and what is new', () =>
    expect(rows()).toEqual({
      all: [1, 1, 0, 0],
      main: [1, 1, 0, 0],
      'main;fresh': [0, 0.1, 0, 0.1],
      'main;old': [0.2, 0, 0.2, 0],
      'main;parse': [0.2, 0.6, 0.1, 0.1],
      'main;parse;copy': [0.1, 0.5, 0.1, 0.5],
      'main;send': [0.6, 0.3, 0.6, 0.3],
    }));
  it('is cut by the width that is drawn', () => {
    expect(Object.keys(rows(EVERYTHING, 'base'))).not.toContain('main;fresh');
    expect(Object.keys(rows(EVERYTHING, 'other'))).not.toContain('main;old');
    expect(Object.keys(rows(EVERYTHING, 'both', 8))).toEqual(['all', 'main', 'main;parse', 'main;parse;copy', 'main;send']);
  });
  it('turns round as a profile does', () => {
    const inverted = rows({ ...EVERYTHING, inverted: true });
    expect(inverted['copy;parse;main']).toEqual([0.1, 0.5, 0.1, 0.5]);
    expect(inverted['parse']).toEqual([0.1, 0.1, 0, 0]);
    expect(inverted['old']).toEqual([0.2, 0, 0, 0]);
  });
  it('takes filters by its own function ids', () => {
    const { table } = comparison.flame({ filter: EVERYTHING, rootNode: 0, widthPx: 1000, width: 'both' });
    const parse = table.frames.find(({ name }) => name === 'parse')!.fn;
    expect(rows({ ...EVERYTHING, focus: parse })['parse;copy']).toEqual([0.5, 5 / 6, 0.5, 5 / 6]);
    expect(rows({ ...EVERYTHING, hiddenFunctions: [parse] })['main']).toEqual([1, 1, 0.1, 0.1]);
    expect(rows({ ...EVERYTHING, callersOf: parse })['parse;main']).toEqual([0.2, 0.6, 0.2, 0.6]);
  });
  it('has a table that begins with what became more', () => {
    const ask = (order: 'totalChange' | 'name') =>
      comparison.functionTable({ filter: EVERYTHING, order, descending: order !== 'name', offset: 0, limit: 10 });
    const named = ask('totalChange').rows;
    // what itself became more before what only calls it
    expect(named.frames.map(({ name }) => name)).toEqual(['copy', 'parse', 'fresh', 'main', 'old', 'send']);
    expect(ask('name').count).toBe(6);
  });
  it('tells the function made slower from what calls it and from what is chance', () => {
    // At a fixed rate of requests: less idle, and what serves grows by what one of its functions grows, a sample more by chance.
    const fast = views(
      'main;idle 400\nmain;serve;parse 330\nmain;serve;sort;divide 60\nmain;serve;sort;divide;fuller 40\nmain;serve;rare 3\n',
    );
    const slow = views(
      'main;idle 300\nmain;serve;parse 331\nmain;serve;sort;divide 120\nmain;serve;sort;divide;fuller 80\nmain;serve;rare 6\n',
    );
    const { rows } = new Comparison(fast, slow).functionTable({
      filter: EVERYTHING,
      order: 'sureChange',
      descending: true,
      offset: 0,
      limit: 10,
    });
    const names = rows.frames.map(({ name }) => name);
    expect(names.slice(0, 2).sort()).toEqual(['divide', 'sort']);
    expect(names.slice(2)).toEqual(['serve', 'fuller', 'rare', 'main', 'parse', 'idle']);
    expect(rows.otherTotal[names.indexOf('serve')]! - rows.baseTotal[names.indexOf('serve')]!).toBeGreaterThan(
      rows.otherTotal[0]! - rows.baseTotal[0]!,
    );
    expect(rows.sureChange[0]).toBeGreaterThan(0.02);
    expect(rows.sureChange[names.indexOf('rare')]).toBe(0);
    expect(rows.sureChange[names.indexOf('parse')]).toBe(0);
    expect(rows.sureChange[names.indexOf('idle')]).toBeLessThan(-0.02);
  });
  it('searches in what is drawn', () => {
    const search = { text: 'old', matchCase: true, regex: false };
    expect(comparison.flame({ filter: EVERYTHING, rootNode: 0, widthPx: 1000, width: 'both', search }).search).toMatchObject({
      frames: 1,
      weight: 0.1,
    });
  });
  it('follows a profile that grows', () => {
    const growing = views('main;send 1\n');
    const live = new Comparison(before, growing);
    live.flame({ filter: EVERYTHING, rootNode: 0, widthPx: 1000, width: 'both' });
    const { profile } = growing;
    const { table } = profile;
    const fn = table.internFunction({
      name: 'late',
      linkageName: '',
      file: '',
      startLine: 0,
      module: '',
      category: 'application',
      unresolved: false,
    });
    profile.add({ timeNs: 1, vcpu: 0, state: 0, weight: 1, stack: [table.named([{ fn, line: 0 }])] });
    const reply = live.flame({ filter: EVERYTHING, rootNode: 0, widthPx: 1000, width: 'both' });
    expect(reply.otherGrandTotal).toBe(2);
    expect(reply.table.frames.map(({ name }) => name)).toContain('late');
  });
  it('of something and nothing is drawn, too', () => {
    const empty = new Comparison(before, views('# none\nx 0\n'));
    const { table, otherGrandTotal } = empty.flame({ filter: EVERYTHING, rootNode: 0, widthPx: 1000, width: 'both' });
    expect(otherGrandTotal).toBe(0);
    expect(table.baseTotal[0]).toBe(1);
  });
});
