/** Exported flame graphs, opened in a browser as files: drawn, zoomed, searched, in both colour schemes, with hostile names. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { exportComparison, exportProfile } from '../../extension/engine/formats/export.ts';
import { openProfile } from '../../extension/engine/formats/open.ts';
import { Comparison } from '../../extension/engine/profile/comparison.ts';
import { EVERYTHING } from '../../extension/engine/profile/filter.ts';
import { ProfileViews } from '../../extension/engine/profile/views.ts';
import { openBrowser, type Browser } from '../editor/browser.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'exported-'));
const shots = path.resolve(import.meta.dirname, '../../artifacts/screenshots');
let browser: Browser;
beforeAll(async () => {
  mkdirSync(shots, { recursive: true });
  browser = await openBrowser({ width: 1300, height: 500, colorScheme: 'light' });
});
afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true });
});

const hostile = 'main;<img src=x onerror=alert(1)>;half\ud800 7\n';
const perf = (): string => readFileSync(path.join(import.meta.dirname, 'perf-script.txt'), 'utf8');
const views = (text: string): ProfileViews => new ProfileViews(openProfile(Buffer.from(text), 'capture'));

async function page(name: string, content: AsyncIterable<string | Uint8Array> | Iterable<string>) {
  let text = '';
  for await (const piece of content) text += String(piece);
  const file = path.join(folder, name);
  writeFileSync(file, text);
  const opened = await browser.page.context().newPage();
  const complaints: string[] = [];
  opened.on('pageerror', (error) => complaints.push(String(error)));
  opened.on('dialog', (dialog) => void dialog.accept('inner'));
  await opened.goto(`file://${file}`);
  return { opened, complaints };
}

it.each(['svg', 'html'] as const)('a %s file is drawn, zoomed and searched', async (format) => {
  const { opened, complaints } = await page(`perf.${format}`, exportProfile(views(perf()), EVERYTHING, format));
  const box = (name: string) => opened.locator(`.f[data-n="${name}"] rect`).first();
  const widthOf = async (name: string): Promise<number> => Number(await box(name).getAttribute('width'));
  const before = await widthOf('inner');
  expect(before).toBeGreaterThan(100);
  await opened.screenshot({ path: path.join(shots, `exported-${format}-light.png`) });
  await opened.keyboard.press('Control+f');
  expect(await opened.locator('#told').textContent()).toMatch(/^\d+ frames match inner, \d+\.\d % of all$/);
  expect(await opened.locator('.found').count()).toBeGreaterThan(0);
  await box('inner').click();
  expect(await widthOf('inner')).toBeCloseTo(1180, 0);
  await opened.emulateMedia({ colorScheme: 'dark' });
  await opened.screenshot({ path: path.join(shots, `exported-${format}-dark.png`) });
  await opened.keyboard.press('Escape');
  expect(await widthOf('inner')).toBeCloseTo(before, 1);
  expect(complaints).toEqual([]);
  await opened.close();
});

it.each(['svg', 'html'] as const)('hostile names are text in a %s file', async (format) => {
  const { opened, complaints } = await page(`hostile.${format}`, exportProfile(views(hostile), EVERYTHING, format));
  expect(await opened.locator('.f').count()).toBe(4);
  expect(await opened.locator('img').count()).toBe(0);
  await opened.locator('.f').nth(2).locator('rect').click();
  expect(await opened.locator('#told').textContent()).toBe('zoomed: <img src=x onerror=alert(1)>');
  expect(complaints).toEqual([]);
  await opened.close();
});

it('a comparison tells more from less without a colour, too', async () => {
  const comparison = new Comparison(
    views('main;parse 20\nmain;old 20\nmain;send 60\n'),
    views('main;parse 60\nmain;send 30\nmain;new 10\n'),
  );
  const { opened } = await page('diff.html', exportComparison(comparison, EVERYTHING, 'html'));
  expect(await opened.locator('.f[data-n="parse"] title').textContent()).toContain('20.0 % → 60.0 % of all (+40.0 points)');
  expect(await opened.locator('.f[data-n="old"] title').textContent()).toContain('vanished');
  await opened.screenshot({ path: path.join(shots, 'exported-diff.png') });
  await opened.close();
});
