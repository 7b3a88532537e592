/** One editor for the tests of a file: what is started for them ends after them, and a test that fails leaves a picture and the log. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach } from 'vitest';
import { openBrowser } from './browser.ts';
import { startEditor, type Editor, type EditorOptions } from './editor.ts';
import { workbench, type Workbench } from './workbench.ts';

const vsix = path.resolve(import.meta.dirname, '../../artifacts/ringside.vsix');

export interface Session {
  /** An empty folder, until the end. */
  folder(): Promise<string>;
  /** Has something ended after the tests, the latest first. */
  atEnd(end: () => Promise<void> | void): void;
  /** Starts a real VS Code with the extension, and opens it in a browser. */
  start(options: Omit<EditorOptions, 'vsix'>): Promise<Opened>;
}

export interface Opened {
  readonly editor: Editor;
  readonly user: Workbench;
}

/** To be called where the tests of a file are defined. @param clear closes the tabs and notifications after each of them */
export function editorSession({ clear }: { clear: boolean }): Session {
  const ends: (() => Promise<void> | void)[] = [];
  let opened: Opened | null = null;

  afterEach(async ({ task }) => {
    if (!opened) return;
    const { editor, user } = opened;
    if (task.result?.state === 'fail') {
      await user.screenshot(`failed-${task.name.replaceAll(/\W+/g, '-').slice(0, 60)}`);
      console.log(await editor.log());
    }
    if (!clear) return;
    await user.command('View: Close All Editors');
    if ((await user.notification('').count()) > 0) await user.command('Notifications: Clear All Notifications');
  });
  afterAll(async () => {
    for (const end of ends.reverse()) await end();
  });

  const atEnd = (end: () => Promise<void> | void): void => void ends.push(end);
  return {
    atEnd,
    async folder() {
      const folder = await mkdtemp(path.join(tmpdir(), 'rs-test-'));
      atEnd(() => rm(folder, { recursive: true }));
      return folder;
    },
    async start(options) {
      const editor = await startEditor({ ...options, vsix });
      atEnd(() => editor.stop());
      const browser = await openBrowser();
      atEnd(() => browser.close());
      const user = workbench(browser.page);
      opened = { editor, user };
      await user.open(editor);
      return opened;
    },
  };
}
