/** The demo, once everything it needs is there: a rig with a guest, a real VS Code with the extension, and with --once a user who profiles the guest. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { openBrowser } from '../editor/browser.ts';
import { startEditor, type Editor } from '../editor/editor.ts';
import { rigSettings } from '../editor/settings.ts';
import { pantrySources } from '../rig/guests.ts';
import { startRig, type Rig } from '../rig/rig.ts';
import { showOff } from './showOff.ts';

const guest = 'pantry';
const { values } = parseArgs({
  options: {
    vsix: { type: 'string' },
    once: { type: 'boolean', default: false },
    output: { type: 'string', default: 'artifacts/demo' },
  },
});
/** What is to be ended when the demo ends, the latest first. */
const running: { stop(): Promise<void> }[] = [];
const ended = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => ended.abort(new Error(`ended by ${signal}`)));

try {
  if (values.vsix === undefined) throw new Error('this is the second half of: npm run demo');
  const [rig, editor] = await start(values.vsix);
  await (values.once ? profileOnce(editor) : untilEnded(rig, editor));
} catch (error) {
  if (!ended.signal.aborted) {
    console.error(error);
    process.exitCode = 1;
  }
} finally {
  for (const each of running.reverse()) await each.stop().catch((error: unknown) => console.error(error));
}

async function start(vsix: string): Promise<[Rig, Editor]> {
  console.log('starting Xen, a guest and VS Code');
  const rig = await startRig();
  running.push(rig);
  ended.signal.throwIfAborted();
  await rig.createGuest(guest);
  ended.signal.throwIfAborted();
  const editor = await startEditor({ workspace: pantrySources, vsix, settings: rigSettings(rig) });
  running.push(editor);
  ended.signal.throwIfAborted();
  return [rig, editor];
}

async function profileOnce(editor: Editor): Promise<void> {
  const output = path.resolve(values.output);
  await mkdir(output, { recursive: true });
  const browser = await openBrowser();
  running.push({ stop: () => browser.close() });
  ended.signal.throwIfAborted();
  const { screenshot, capture } = await Promise.race([showOff(editor, browser.page, guest, output), aborted()]);
  console.log(`a screenshot: ${screenshot}\na capture: ${capture}`);
}

async function untilEnded(rig: Rig, editor: Editor): Promise<void> {
  console.log(`
VS Code is at ${editor.url}
Press F1 there, type "Profile Guest", press Enter, and choose ${guest}.
The open folder is a copy of the guest's sources; it goes when the demo ends.
dom0 is at ssh -F ${rig.sshConfig} rig
Ctrl-C here ends all of it.`);
  await aborted().catch(() => console.log('ending'));
}

function aborted(): Promise<never> {
  return new Promise((_, reject) => {
    const { signal } = ended;
    const fail = (): void => reject(signal.reason as Error);
    if (signal.aborted) fail();
    signal.addEventListener('abort', fail, { once: true });
  });
}
