/**
 * Opens a folder in the test editor, runs commands of the palette, and takes a screenshot:
 *
 *     npx tsx test/editor/look.ts --workspace DIR [--vsix FILE] [--settings JSON] [--command TITLE]... [--wait MS] [--shot FILE.png]
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { openBrowser } from './browser.ts';
import { startEditor } from './editor.ts';
import { screenshots, workbench } from './workbench.ts';

const { values } = parseArgs({
  options: {
    workspace: { type: 'string', default: '.' },
    vsix: { type: 'string' },
    settings: { type: 'string', default: '{}' },
    command: { type: 'string', multiple: true, default: [] },
    wait: { type: 'string', default: '2000' },
    shot: { type: 'string', default: path.join(screenshots, 'look.png') },
  },
});
const settings = JSON.parse(values.settings) as Record<string, unknown>;
const editor = await startEditor({ workspace: values.workspace, settings, ...(values.vsix === undefined ? {} : { vsix: values.vsix }) });
try {
  const browser = await openBrowser();
  try {
    const user = workbench(browser.page);
    await user.open(editor);
    for (const title of values.command) await user.command(title);
    await browser.page.waitForTimeout(Number(values.wait));
    const { dir, name } = path.parse(values.shot);
    console.log(await user.screenshot(name, path.resolve(dir)));
  } finally {
    await browser.close();
  }
} finally {
  await editor.stop();
}
