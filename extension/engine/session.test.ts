/** The engine's requests, as a host asks them. */
import { mkdtempSync, rmSync, writeFileSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { EngineEvents } from '../protocol.ts';
import { Session, type Asked } from './session.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'session-'));
afterAll(() => rmSync(folder, { recursive: true }));
const filter = { states: 'all', vcpu: null } as const;
const quiet: Asked = { signal: new AbortController().signal, onOpening: () => undefined };

function file(name: string, text: string): string {
  const at = path.join(folder, name);
  writeFileSync(at, text);
  return at;
}

/** Simulated: enough lines for several slices of reading. */
const long = Array.from({ length: 80_000 }, (_, i) => `main;work_${i % 997};step_${i} 1\n`).join('');

describe('opening', { timeout: 120_000 }, () => {
  it('tells how far it is, answers from what was read, and ends with the whole', async () => {
    const session = new Session();
    const told: EngineEvents['ringside/opening'][] = [];
    const parts: number[] = [];
    const asked: Asked = {
      ...quiet,
      onOpening: (progress) => {
        told.push(progress);
        // As a view would ask, between two slices.
        setImmediate(() => {
          try {
            const reply = session.answers['ringside/flame']({ profileId: 'a', filter, rootNode: 0, widthPx: 1000 }, quiet);
            if ('table' in reply && reply.header.loading !== undefined) parts.push(reply.table.grandTotal);
          } catch {
            parts.push(0); // nothing to show yet
          }
        });
      },
    };
    const header = await session.answers['ringside/open']({ profileId: 'a', path: file('long.folded', long) }, asked);
    expect(header).toMatchObject({ samples: 80_000 });
    expect(header.loading).toBeUndefined();
    expect(told.map(({ stage }) => stage)).toContain('parsing');
    expect(told.every(({ profileId, done, total }) => profileId === 'a' && done <= total)).toBe(true);
    expect(Math.max(...parts)).toBeGreaterThan(0);
    expect(Math.max(...parts)).toBeLessThan(80_000);
  });

  it('ends when it is cancelled, and leaves nothing behind', async () => {
    const session = new Session();
    const stop = new AbortController();
    const asked: Asked = { signal: stop.signal, onOpening: () => stop.abort(new Error('Cancelled')) };
    const opening = session.answers['ringside/open']({ profileId: 'a', path: file('cancelled.folded', long) }, asked);
    await expect(opening).rejects.toThrow('Cancelled');
    expect(() => session.answers['ringside/flame']({ profileId: 'a', filter, rootNode: 0, widthPx: 1000 }, quiet)).toThrow(
      'no longer open',
    );
  });

  it('names what failed', async () => {
    const session = new Session();
    const ask = (at: string) => session.answers['ringside/open']({ profileId: 'x', path: at }, quiet);
    await expect(ask(path.join(folder, 'absent'))).rejects.toThrow(/absent cannot be read: ENOENT/);
    await expect(ask(file('broken.json', '{"$schema": '))).rejects.toThrow(/broken.json:1:13: JSON, but broken or cut short/);
  });
});

describe('comparing', () => {
  it('answers until one of the two is closed', async () => {
    const session = new Session();
    for (const [id, text] of [['a', 'main;work 1\nmain;rest 1\n'] as const, ['b', 'main;work 3\nmain;rest 1\n'] as const])
      await session.answers['ringside/open']({ profileId: id, path: file(`${id}.folded`, text) }, quiet);
    await session.answers['ringside/compare']({ comparisonId: 'c', baseId: 'a', otherId: 'b' }, quiet);
    const ask = () => session.answers['ringside/diffFlame']({ profileId: 'c', filter, rootNode: 0, widthPx: 100, width: 'both' }, quiet);
    expect(await ask()).toMatchObject({ baseGrandTotal: 2, otherGrandTotal: 4, table: { otherTotal: [1, 1, 0.25, 0.75] } });
    const html = path.join(folder, 'diff.html');
    await session.answers['ringside/export']({ profileId: 'c', path: html, format: 'html', filter }, quiet);
    expect(readFileSync(html, 'utf8')).toContain('50.0 % → 75.0 % of all (+25.0 points)');
    await session.answers['ringside/close']({ profileId: 'a' }, quiet);
    expect(ask).toThrow('no longer open');
  });
});
