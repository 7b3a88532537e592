// npm run demo [-- --once [--output DIR]]
// Sets up what is missing, then starts the rig, its guest and a real VS Code with the extension (demo/main.ts).
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ensureDebian, packages } from './setup.mjs';
import { alone, build, endTogether, npmPackages, packageExtension, run, typescript } from './steps.mjs';

const args = process.argv.slice(2);
if (args.includes('--help')) {
  console.log(`npm run demo                             a VS Code in your browser with Ringside and a guest to profile; Ctrl-C ends it
npm run demo -- --once [--output DIR]    profiles the guest by itself; leaves a screenshot and a capture in DIR (artifacts/demo)`);
  process.exit(0);
}
endTogether();
// A .vsix of its own: another run may package one at the same time.
const folder = mkdtempSync(path.join(tmpdir(), 'ringside-demo-'));
const vsix = path.join(folder, 'ringside.vsix');
try {
  await alone(async () => {
    await ensureDebian([...packages.rig, ...packages.guests, ...(args.includes('--once') ? packages.browser : [])]);
    await npmPackages();
    await build();
    await packageExtension(vsix);
  });
  await typescript('test/rig/main.ts', ['build']);
  await typescript('test/editor/install.ts');
  process.exitCode = await run(process.execPath, ['--import', 'tsx', 'test/demo/main.ts', '--vsix', vsix, ...args], { minutes: Infinity });
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
