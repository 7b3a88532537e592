/** Sources that were built elsewhere, in a real VS Code with a workspace of two folders: C, a header, and assembly. */
import { cp, mkdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { writePprof } from '../../extension/engine/formats/pprofWrite.ts';
import { Profile } from '../../extension/engine/profile/profile.ts';
import { buildMill, millLine, millProfile, millSources } from '../source/mill.ts';
import type { Editor } from './editor.ts';
import { flameView } from './flameView.ts';
import { costs, seenHeat } from './heat.ts';
import { openSource } from './profiling.ts';
import { editorSession } from './session.ts';
import type { Workbench } from './workbench.ts';

let folder: string;
let editor: Editor;
let user: Workbench;
const session = editorSession({ clear: false });

beforeAll(async () => {
  folder = await session.folder();
  for (const [name, text] of Object.entries({
    'new/src/main.c': sourceOf('web'),
    'new/src/hash.c': sourceOf('hash'),
    'new/tools/list.c': sourceOf('not of the guest'),
    'old/src/main.c': sourceOf('old'),
  })) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), text);
  }
  await writeFile(path.join(folder, 'new/web.pb.gz'), await writePprof(simulated()));
  await addMill(path.join(folder, 'new'));
  ({ editor, user } = await session.start({ workspace: folder, folders: ['new', 'old'] }));
}, 600_000);

/** Ten lines. */
function sourceOf(name: string): string {
  return Array.from({ length: 10 }, (_, line) => `/* ${name} ${line + 1} */\n`).join('');
}

/** Simulated: main.c:3 calls hash.c:5 and list.c:7, all built where they are no more. main.c may be that of either folder. */
function simulated(): Profile {
  const profile = new Profile({ title: 'web' });
  const { table } = profile;
  const at = (name: string, file: string, line: number): number => {
    const info = { name, linkageName: '', startLine: 1, module: '', category: 'application', unresolved: false } as const;
    return table.named([{ fn: table.internFunction({ ...info, file: `/build/web/${file}` }), line }]);
  };
  const serve = at('serve', 'src/main.c', 3);
  for (const [leaf, weight] of [[at('hash', 'src/hash.c', 5), 60] as const, [at('list', 'lib/list.c', 7), 40] as const])
    profile.add({ timeNs: 0, vcpu: 0, state: 0, weight, stack: [serve, leaf] });
  return profile;
}

/** A capture of what was compiled in a folder where the program still is, and its sources are no more. */
async function addMill(into: string): Promise<void> {
  const away = await session.folder();
  const built = path.join(away, 'mill');
  const profile = await millProfile(await buildMill(built, 'clang++-19', ['-gdwarf-5']));
  const startedAt = new Date().toISOString();
  profile.facts.info = { guest: 'mill', host: 'lab', kind: 'pv', vcpus: 1, rateHz: 100, xenVersion: null, startedAt };
  await writeFile(path.join(into, 'mill.pb.gz'), await writePprof(profile));
  for (const name of millSources) {
    await cp(path.join(built, name), path.join(into, 'mill', name));
    await rm(path.join(built, name));
  }
}

const patient = { timeout: 30_000 };

it('asks once which of two files is meant, and tells no other file that it is hot', async () => {
  await user.command('View: Close All Editors');
  await user.treeRow('web.pb.gz').dblclick();
  const view = flameView(user.webview());
  await expect.poll(() => view.samples(), { timeout: 60_000 }).toBe(100);
  const costs = (): Promise<string[]> => user.page.locator('.monaco-editor .view-line', { hasText: /\d\.\d.%/ }).allInnerTexts();
  const open = async (name: string): Promise<void> => (await view.frame(name)).click({ modifiers: ['Control'] });

  // hash.c is there once, with its folder; list.c is there, too, but in another folder
  await open('hash');
  await expect.poll(() => openSource(user), { timeout: 30_000 }).toEqual({ file: 'hash.c', line: 5 });
  await expect.poll(costs, { timeout: 30_000 }).toEqual([expect.stringMatching(/hash.5.*60\.0.%/)]);
  await open('list');
  await expect.poll(() => user.choices(), { timeout: 30_000 }).toEqual([expect.stringContaining('tools'), 'None of These']);
  await user.page.keyboard.press('Escape');

  await open('serve');
  await expect.poll(() => user.choices(), { timeout: 30_000 }).toHaveLength(3);
  await user.screenshot('ambiguous-source');
  await user.choose(/main\.c[^]*old/);
  const shows = async (file: string, cost: RegExp): Promise<void> => {
    await user.activeTab(file).waitFor({ timeout: 30_000 });
    await expect.poll(costs, { timeout: 30_000 }).toEqual([expect.stringMatching(cost)]);
  };
  await shows('main.c', /old.3.*100\.0.%/);
  await open('hash');
  await shows('hash.c', /hash.5.*60\.0.%/);
  await open('serve');
  await shows('main.c', /old.3.*100\.0.%/);
  expect(await user.quickInput.isVisible()).toBe(false);

  // what lines tell is switched for this view alone, and follows what it is zoomed to
  const switchTo = async (mode: string): Promise<void> => {
    await user.commandAndChoose('Unikernel: Line Heat', new RegExp(`^${mode}`));
  };
  await switchTo('Self');
  await expect.poll(costs, { timeout: 30_000 }).toEqual([]);
  await open('hash');
  await shows('hash.c', /hash.5.*60\.0.%$/);
  await switchTo('Off');
  await expect.poll(costs, { timeout: 30_000 }).toEqual([]);
  await switchTo('Total');
  await shows('hash.c', /hash.5.*60\.0.%,.self.60\.0.%/);
  await (await view.frame('hash')).dblclick();
  await shows('hash.c', /hash.5.*100\.0.%/);
  await user.page.keyboard.press('0');
  await shows('hash.c', /hash.5.*60\.0.%/);

  // and within the frame that is selected: a caller's line costs what leads on to it
  await open('serve');
  await shows('main.c', /old.3.*100\.0.%/);
  expect(await user.status('Line heat:').innerText()).toContain('serve');
  await (await view.frame('hash')).click();
  await shows('main.c', /old.3.*60\.0.%/);
  await user.status(/Line heat: hash/).waitFor();
  await user.screenshot('heat-selected');
  await user.page.keyboard.press('Escape');
  await shows('main.c', /old.3.*100\.0.%/);
  await user.status('Line heat:').waitFor({ state: 'hidden' });
  await (await view.frame('hash')).click();
  await shows('main.c', /old.3.*60\.0.%/);
  await user.status(/Line heat: hash/).click();
  await user.choices();
  await user.screenshot('heat-choices');
  await user.choose(/^All Samples/);
  await shows('main.c', /old.3.*100\.0.%/);
  await user.commandAndChoose('Unikernel: Line Heat', /^Selected Frame/);
  await shows('main.c', /old.3.*60\.0.%/);

  // the functions of the profile are symbols of the workspace, with their share
  await open('serve');
  await shows('main.c', /old.3.*100\.0.%/);
  await user.command('Go to Symbol in Workspace...');
  await user.page.keyboard.type('hash');
  await user.choose(/hash.*60\.0.% of all samples/);
  await expect.poll(() => openSource(user), { timeout: 30_000 }).toEqual({ file: 'hash.c', line: 5 });

  for (const name of ['new', 'old', 'tools', 'src']) await unfold(name);
  await expect.poll(() => user.badge('hash.c'), { timeout: 30_000 }).toBe('60');
  expect(await user.badge('list.c')).toBe('');
  await user.screenshot('several-folders');
});

/** Opens a folder of the explorer that is closed. */
async function unfold(name: string): Promise<void> {
  const row = user.page.locator(`.explorer-folders-view .monaco-list-row[aria-label^="${name}"][aria-expanded=false]`);
  if ((await row.count()) > 0) await row.first().click();
}

/** Before and after the mill's profile was begun, wherever in the tests that is. */
const [before, after] = [-1, 1].map((hours) => new Date(Date.now() + hours * 3_600_000)) as [Date, Date];

it('goes through assembly and a header, and holds sources against the build by their content', async () => {
  const at = (name: string): string => path.join(editor.workspace, 'new/mill', name);
  for (const name of millSources) await utimes(at(name), before, before);
  const [ground, spun, added, called] = await Promise.all(
    ['grind(n)', 'spin(n);', 'ground + spun', 'return mill'].map((text) => millLine('mill.cpp', text)),
  );
  const shows = (file: string, line: number): Promise<void> => expect.poll(() => openSource(user), patient).toEqual({ file, line });
  const costsAre = (...lines: RegExp[]): Promise<void> =>
    expect.poll(() => costs(user), patient).toEqual(lines.map((line) => expect.stringMatching(line) as string));
  await user.command('View: Close All Editors');
  await user.treeRow('mill.pb.gz').dblclick();
  const view = flameView(user.webview());
  await expect.poll(() => view.samples(), { timeout: 60_000 }).toBe(100);

  await user.command('Unikernel: Go to Hottest Line');
  await shows('spin.S', await millLine('spin.S', 'imull'));
  await costsAre(/imull.*60\.0.%,.self.60\.0.%/);
  expect((await seenHeat(user)).warm).toEqual([await millLine('spin.S', 'imull')]);
  expect(await (await user.hover('imull')).innerText()).toMatch(/60\.0 %[^]*spin is called by mill\(int\)/);
  await user.screenshot('heat-assembly-file');
  await user.page.keyboard.press('Escape');
  await user.command('Unikernel: Go to Heaviest Caller');
  await shows('mill.cpp', spun!);
  await costsAre(/grind\(n\).*30\.0.%/, /spin\(n\).*60\.0.%/, /ground.*10\.0.%,.self.10\.0.%/, /main.*100\.0.%/);
  const lines = [ground, spun, added, called];
  const warm = { warm: lines, grey: [], ruler: true };
  await expect.poll(() => seenHeat(user), patient).toEqual(warm);

  await user.command('Unikernel: Previous Hot Line');
  await shows('mill.cpp', ground!);
  await user.command('Unikernel: Previous Hot Line');
  await shows('mill.cpp', called!);
  await user.command('Unikernel: Next Hot Line');
  await shows('mill.cpp', ground!);
  await user.command('Unikernel: Go to Heaviest Callee');
  await shows('spin.S', await millLine('spin.S', 'imull'));
  await user.openFile('grind.h');
  await costsAre(/sum.\*.31.*30\.0.%,.self.30\.0.%/);
  expect(await (await user.hover('grind')).innerText()).toMatch(/30\.0 %[^]*grind\(int\) is called by mill\(int\)/);
  await user.screenshot('heat-header');
  await user.page.keyboard.press('Escape');

  // the date of a file says nothing where its content is what was compiled: git touches what it checks out
  const reopen = async (name: string): Promise<void> => {
    await user.command('View: Close Editor');
    await user.openFile(name);
  };
  await utimes(at('mill.cpp'), after, after);
  await reopen('mill.cpp');
  await expect.poll(() => seenHeat(user), patient).toEqual(warm);
  await costsAre(/;30\.0.%/, /;60\.0.%/, /;10\.0.%/, /}100\.0.%/);

  // another content, as many lines, and an old date
  const grey = { warm: [], grey: lines, ruler: false };
  const text = await readFile(at('mill.cpp'), 'utf8');
  await writeFile(at('mill.cpp'), text.replace('ground + spun', 'spun + ground'));
  await utimes(at('mill.cpp'), before, before);
  await expect.poll(() => seenHeat(user), patient).toEqual(grey);
  await costsAre(/≈.30\.0.%/, /≈.60\.0.%/, /≈.10\.0.%/, /≈.100\.0.%/);
  expect(await (await user.hover('spin(n)')).innerText()).toContain('does not match the build');
  await user.screenshot('heat-other-content');
  await user.page.keyboard.press('Escape');
  await writeFile(at('mill.cpp'), text);
  await expect.poll(() => seenHeat(user), patient).toEqual(warm);

  // what is typed is not what was built, until it is taken back
  await user.goTo(1, 1);
  await user.page.keyboard.type('/');
  await expect.poll(() => seenHeat(user), patient).toEqual(grey);
  await costsAre(/≈/, /≈/, /≈/, /≈/);
  await user.page.keyboard.press('Control+z');
  await expect.poll(() => seenHeat(user), patient).toEqual(warm);
  await costsAre(/;30\.0.%/, /;60\.0.%/, /;10\.0.%/, /}100\.0.%/);

  // of an assembly file the compiler keeps no checksum: its date is all that there is to go by
  await utimes(at('spin.S'), after, after);
  await user.openFile('spin.S');
  await costsAre(/≈.60\.0.%/);
  await expect.poll(() => seenHeat(user), patient).toMatchObject({ warm: [], grey: [await millLine('spin.S', 'imull')] });
  expect(await (await user.hover('imull')).innerText()).toContain('was changed after it was profiled');
  await user.screenshot('heat-later-date');
  await user.page.keyboard.press('Escape');
});

it('switches what lines tell, from the menu of the view and, where none is open, for all', async () => {
  const figures = async (mode: string, ...lines: RegExp[]): Promise<void> =>
    expect.poll(() => costs(user), { ...patient, message: mode }).toEqual(lines.map((line) => expect.stringMatching(line) as string));
  await user.openFile('mill.cpp');
  await figures('total', /30\.0/, /60\.0/, /10\.0.*self/, /100\.0/);
  for (const [mode, lines] of [
    ['Self', [/10\.0.%$/]],
    ['Off', []],
    ['Total', [/30\.0/, /60\.0/, /10\.0.*self/, /100\.0/]],
  ] as const) {
    await user.page.locator('.tab', { hasText: 'mill.pb.gz' }).click();
    await expect.poll(() => flameView(user.webview()).samples(), { timeout: 60_000 }).toBe(100);
    await user.menuOfEditor('Line Heat…', new RegExp(`^${mode}`));
    // a quick pick that closes gives the focus back to where it was
    await expect
      .poll(async () => {
        await user.page.locator('.tab', { hasText: 'mill.cpp' }).click();
        return (await openSource(user))?.file;
      }, patient)
      .toBe('mill.cpp');
    await figures(mode, ...lines);
    await expect.poll(async () => (await seenHeat(user)).warm.length, patient).toBe(lines.length);
  }
  await user.command('View: Close All Editors');
  const setTo = async (mode: string): Promise<void> => {
    await user.commandAndChoose('Unikernel: Line Heat', new RegExp(`^${mode}`));
  };
  await setTo('Self');
  await user.treeRow('mill.pb.gz').dblclick();
  await expect.poll(() => flameView(user.webview()).samples(), { timeout: 60_000 }).toBe(100);
  await user.openFile('mill.cpp');
  await figures('self by the setting', /10\.0.%$/);
  await user.command('View: Close All Editors');
  await setTo('Total');
});

/**
 * The test editor's window is a remote one: the extension host is a process of the server and `vscode.env.remoteName` is the server's address, `127.0.0.1:PORT`,
 * while the window is a page in the browser, which knows the files as `vscode-remote:`. Every editor test therefore watches the extension as it is in a remote
 * window: it runs where the sources are, and starts ssh there. What is not watched is a connection of Remote - SSH (its resolver, its reconnecting, the agent it
 * forwards), and two machines. This looks at what the extension itself does otherwise in a remote window.
 */
it('gives out paths instead of links, since it is in a remote window', async () => {
  await user.treeRow('mill.pb.gz').dblclick();
  const view = flameView(user.webview());
  await expect.poll(() => view.samples(), { timeout: 60_000 }).toBe(100);
  await (await view.frame('grind(int)')).click({ button: 'right' });
  await user.webview().getByRole('menuitem', { name: 'Copy Link to Source' }).click();
  const grind = path.join(editor.workspace, 'new/mill/grind.h');
  await expect
    .poll(() => user.page.evaluate(() => navigator.clipboard.readText()), patient)
    .toBe(`${grind}:${await millLine('grind.h', 'sum * 31')}`);
  expect(await editor.extensionHosts()).toHaveLength(1);
});

it('shows lines, the walk, a hover and the assembly in all themes', async () => {
  await user.page.setViewportSize({ width: 2000, height: 1000 });
  await user.treeRow('mill.pb.gz').dblclick();
  await expect.poll(() => flameView(user.webview()).samples(), { timeout: 60_000 }).toBe(100);
  // the hottest of all, not within the frame that was selected
  await user.webview().getByRole('tree', { name: 'Flame graph' }).press('Escape');
  await user.status('Line heat:').waitFor({ state: 'hidden' });
  await user.command('Unikernel: Go to Hottest Line');
  await expect.poll(() => openSource(user), patient).toMatchObject({ file: 'spin.S' });
  await user.command('Unikernel: Go to Heaviest Caller');
  await expect.poll(() => openSource(user), patient).toMatchObject({ file: 'mill.cpp' });
  await user.command('Unikernel: Show Assembly');
  await user.activeTab('.profiled.s').waitFor({ timeout: 60_000 });
  await user.command('Focus on Hot Path View');
  const source = user.page.locator('.editor-group-container:not(.active) .monaco-editor .view-line', { hasText: /spin\(n\)/ });
  for (const [theme, kind] of [
    ['Light Modern', 'vs'],
    ['Dark High Contrast', 'hc-black'],
    ['Light High Contrast', 'hc-light'],
    ['Dark Modern', 'vs-dark'],
  ] as const) {
    await user.command('Preferences: Color Theme');
    await user.seek(theme);
    await user.page.locator(`.monaco-workbench.${kind}`).waitFor({ timeout: 30_000 });
    await source.first().waitFor(patient);
    await user.hover('spin(n)');
    await user.screenshot(`source-${kind}`);
    await user.page.mouse.move(5, 5);
  }

  // the lines between the instructions are those of a file that is another by now
  const file = path.join(editor.workspace, 'new/mill/mill.cpp');
  await writeFile(file, `\n${await readFile(file, 'utf8')}`);
  await user.openFile('mill.cpp');
  await user.goTo(9, 1);
  await user.command('Unikernel: Show Assembly');
  await user.activeTab('.profiled.s').waitFor(patient);
  await user.page
    .locator('.editor-group-container.active .monaco-editor .view-line', { hasText: /;.mill\.cpp:\d+..≈.\S/ })
    .first()
    .waitFor(patient);
  await user.screenshot('assembly-other-content');
});
