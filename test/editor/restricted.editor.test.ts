/** A folder that nobody trusts: captures can be read, nothing connects, and it is said why. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import type { Editor } from './editor.ts';
import { editorSession } from './session.ts';
import type { Workbench } from './workbench.ts';

const minutes = 60_000;
const session = editorSession({ clear: false });
let editor: Editor;
let user: Workbench;

it(
  'opens a capture in Restricted Mode, offers nothing that connects, and says why',
  async () => {
    const folder = await session.folder();
    await writeFile(path.join(folder, 'tool.folded'), 'main;outer;inner 30\nmain;outer 10\n');
    ({ editor, user } = await session.start({
      workspace: folder,
      settings: { 'ringside.hosts': [{ name: 'cellar', destination: 'ssh://root@127.0.0.1:1' }] },
      restricted: true,
    }));
    await user.status('Restricted Mode').waitFor({ timeout: minutes });
    await user.menuOf('tool.folded', 'Open Capture');
    await user
      .webview()
      .locator('.flame [role=treeitem][aria-label^="inner,"]')
      .waitFor({ timeout: 2 * minutes });

    await user.command('Unikernel: Focus on Hosts View');
    await user.page.locator('.sidebar', { hasText: 'Connecting to dom0 is off in Restricted Mode' }).waitFor({ timeout: minutes });
    await user.treeRow('tool.folded', 'Captures').waitFor({ timeout: minutes });
    await user.screenshot('restricted');
    await user.page.keyboard.press('F1');
    await user.quickInput.waitFor();
    await user.page.keyboard.type('Unikernel: ', { delay: 5 });
    const offered = async (): Promise<string> => (await user.choices()).join('\n');
    await expect.poll(offered, { timeout: minutes }).toContain('Open Capture');
    expect(await offered()).not.toMatch(/Profile Guest|Profile Again|Test Host|Show Assembly/);
    expect(await editor.processes((args) => args.some((arg) => arg.endsWith('ssh')))).toEqual([]);
  },
  8 * minutes,
);
