/** A comparison as a view gets it: the host's conversation with the engine's own session, and the view's index of the answer. */
import { expect, it } from 'vitest';
import { Session } from '../../extension/engine/session.ts';
import { Conversation, type Ask } from '../../extension/host/flamegraph/conversation.ts';
import type { ToView } from '../../extension/protocol.ts';
import { changeOf, frameOf, indexComparison } from '../../webview/flame/flameIndex.ts';
import { Workload } from './workload.ts';

const before = new Workload(false, [
  [500, 0, 'main:1 steady:2'],
  [300, 0, 'main:1 slowed:3'],
  [200, 0, 'main:1 removed:4'],
]).grow(4000).profile;
const after = new Workload(false, [
  [500, 0, 'main:1 steady:2'],
  [700, 0, 'main:1 slowed:3'],
]).grow(9000).profile;
const filter = { states: 'all', vcpu: null } as const;

async function answers(): Promise<{ answer: (question: Parameters<Conversation['answer']>[0]) => Promise<ToView> }> {
  const session = new Session();
  const asked = { signal: new AbortController().signal, onOpening: () => undefined };
  const ask: Ask = async (method, params) => session.answers[method](params, asked);
  session.put('before', before);
  session.put('after', after);
  await ask('ringside/compare', { comparisonId: 'both', baseId: 'before', otherId: 'after' });
  let last: ToView | undefined;
  const conversation = new Conversation({ id: 'both', kind: 'comparison' }, ask, (answer) => (last = answer));
  return {
    async answer(question) {
      await conversation.answer(question);
      return last!;
    },
  };
}

it('shows what became slower first, and does not lose what vanished', async () => {
  const { answer } = await answers();
  const rows = { order: 'sureChange', descending: true, offset: 0, limit: 10 } as const;
  const table = await answer({ type: 'functions', serial: 1, filter, ...rows });
  if (table.type !== 'diffFunctions') throw new Error(`answered by ${table.type}`);
  const names = table.reply.rows.frames.map(({ name }) => name);
  expect(names[0]).toBe('slowed');
  expect(names).toContain('removed');
  expect(table.reply.rows.sureChange[0]).toBeGreaterThan(0.2);
  expect(table.reply.rows.otherSelf[0]! - table.reply.rows.baseSelf[0]!).toBeGreaterThan(0.2);

  const graph = await answer({ type: 'flame', serial: 2, filter, rootNode: 0, widthPx: 1000, width: 'both' });
  if (graph.type !== 'diffFlame') throw new Error(`answered by ${graph.type}`);
  const index = indexComparison(graph.reply, 'both');
  const changes = new Map(index.table.node.map((_, row) => [frameOf(index, row).name, changeOf(index, row)!]));
  expect(changes.get('slowed')!.share).toBeGreaterThan(0.2);
  expect(changes.get('removed')).toMatchObject({ gone: true, isNew: false });
  expect(index.table.grandTotal).toBeCloseTo(1, 5);
  expect(
    indexComparison(graph.reply, 'other').table.total[index.table.node.findIndex((_, row) => frameOf(index, row).name === 'removed')],
  ).toBe(0);
});

it('tells who calls a function and what it calls, before and after', async () => {
  const { answer } = await answers();
  const table = await answer({ type: 'functions', serial: 1, filter, order: 'name', descending: false, offset: 0, limit: 10 });
  if (table.type !== 'diffFunctions') throw new Error(`answered by ${table.type}`);
  const { fn } = table.reply.rows.frames.find(({ name }) => name === 'main')!;
  const near = await answer({ type: 'neighbours', serial: 2, filter, fn, limit: 10 });
  if (near.type !== 'diffNeighbours') throw new Error(`answered by ${near.type}`);
  const { callers, callees, frame } = near.reply;
  expect(frame?.name).toBe('main');
  expect(callers.frames).toEqual([]);
  expect(new Set(callees.frames.map(({ name }) => name))).toEqual(new Set(['slowed', 'steady', 'removed']));
  expect(callees.frames[0]!.name).toBe('slowed');
  expect(callees.otherTotal[0]! - callees.baseTotal[0]!).toBeGreaterThan(0.2);
  expect(callees.otherTotal[callees.frames.findIndex(({ name }) => name === 'removed')]).toBe(0);
});
