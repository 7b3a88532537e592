// npm test [-- PROJECT... FILTER...]
// Sets up what is missing, builds, checks, packages the extension, runs every test. Its last line says `N passed, N failed`.
// PROJECT is unit, browser, rig or editor (vitest.config.ts) or check; a FILTER is part of a test file's path.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { debianPackages } from './setup.mjs';
import { alone, artifacts, build, checks, endTogether, npmPackages, packageExtension, run, typescript } from './steps.mjs';

const all = ['check', 'unit', 'browser', 'rig', 'editor'];
const args = process.argv.slice(2);
const named = all.filter((name) => args.includes(name));
const wanted = new Set(named.length > 0 ? named : all);
const filters = args.filter((arg) => !all.includes(arg));
const result = { passed: 0, failed: 0, skipped: [] };

endTogether();
try {
  await alone(async () => {
    await setUp();
    await step('build', build);
    if (wanted.has('editor') || wanted.has('check')) await step('package', () => packageExtension());
  });
  if (wanted.has('check')) for (const [name, check] of Object.entries(checks)) await step(name, check);
  await tests();
} catch (error) {
  console.error(error);
  result.failed++;
}
for (const { test, reason } of result.skipped) console.log(`skipped: ${test}: ${reason}`);
const skipped = result.skipped.length > 0 ? `, ${result.skipped.length} skipped` : '';
console.log(`${result.passed} passed, ${result.failed} failed${skipped}`);
process.exitCode = result.failed > 0 || result.passed === 0 ? 1 : 0;

/** Only what the wanted projects need. */
async function setUp() {
  const needsRig = wanted.has('rig') || wanted.has('editor');
  const needsBrowser = wanted.has('browser') || wanted.has('editor');
  await debianPackages({ rig: needsRig, browser: needsBrowser });
  await npmPackages();
  if (wanted.has('editor')) await typescript('test/editor/install.ts');
  if (needsRig) await typescript('test/rig/main.ts', ['build']);
}

/** One of the checks: counts as a test. */
async function step(name, work) {
  const start = Date.now();
  try {
    await work();
    result.passed++;
    console.log(`${name}: good (${seconds(start)})`);
  } catch (error) {
    result.failed++;
    console.error(`${name}: FAILED (${seconds(start)}): ${error.message}`);
  }
}

async function tests() {
  const projects = [...wanted].filter((name) => name !== 'check');
  if (projects.length === 0) return;
  const file = path.join(artifacts, 'tally.json');
  rmSync(file, { force: true });
  const options = ['run', '--reporter=default', '--reporter=./test/tally.ts', '--reporter=junit', '--outputFile.junit=artifacts/junit.xml'];
  const code = await run(
    process.execPath,
    ['node_modules/vitest/vitest.mjs', ...options, '--allowOnly=false', ...projects.flatMap((name) => ['--project', name]), ...filters],
    { env: { RINGSIDE_TALLY: file }, minutes: 40 },
  );
  const tally = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { passed: 0, failed: 1, skipped: [] };
  if (tally.passed + tally.failed === 0) console.error('no test ran');
  result.passed += tally.passed;
  // A run can fail with no test that failed: none ran, or it was ended from outside.
  result.failed += tally.failed === 0 && (code !== 0 || tally.passed === 0) ? 1 : tally.failed;
  result.skipped.push(...tally.skipped);
}

function seconds(start) {
  return `${((Date.now() - start) / 1000).toFixed(1)} s`;
}
