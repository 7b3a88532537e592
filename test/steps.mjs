// The steps that `npm test` and `npm run demo` share. Plain Node and nothing else: they run before there is a node_modules.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout. */
export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
/** Screenshots, reports, the packaged extension: what a run leaves to look at. */
export const artifacts = path.join(root, 'artifacts');
/** The extension that the tests install. */
export const vsix = path.join(artifacts, 'ringside.vsix');

const bin = (name) => path.join(root, 'node_modules/.bin', name);
const running = new Set();

/**
 * Runs a command in the checkout with no standard input and its output shown.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: Record<string, string>, minutes?: number }} [options] minutes: it is ended after so long; Infinity: never
 * @returns {Promise<number>} exit code; 1 where a signal or the time limit ended it
 */
export function run(command, args, { env = {}, minutes = 20 } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...env } });
    running.add(child);
    const end = () => {
      console.error(`${command} ${args[0] ?? ''}: ended after ${minutes} minutes`);
      child.kill('SIGTERM');
      setTimeout(() => child.kill('SIGKILL'), 10_000).unref();
    };
    const limit = Number.isFinite(minutes) ? setTimeout(end, minutes * 60_000) : undefined;
    const over = () => {
      clearTimeout(limit);
      running.delete(child);
    };
    child.once('error', (cause) => {
      over();
      reject(new Error(`could not start ${command}`, { cause }));
    });
    child.once('close', (code) => {
      over();
      resolve(code ?? 1);
    });
  });
}

/** The same, but anything other than success is an error. */
export async function must(command, args, options) {
  const code = await run(command, args, options);
  if (code !== 0) throw new Error(`${path.basename(command)} ${args.join(' ')} ended with ${code}`);
}

/** Passes an end asked of us on to what runs, and ends when that has ended. */
export function endTogether() {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (running.size === 0) process.exit(130);
      for (const child of running) child.kill(signal);
    });
  }
}

/** Installs the npm packages of package-lock.json where node_modules holds others, or none. */
export async function npmPackages() {
  if (installedAsLocked()) return;
  console.log('installing npm packages (npm ci) in node_modules');
  await must('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
}

function installedAsLocked() {
  const installed = path.join(root, 'node_modules/.package-lock.json');
  if (!existsSync(installed)) return false;
  const packagesOf = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;
  const have = packagesOf(installed);
  return Object.entries(packagesOf(path.join(root, 'package-lock.json'))).every(
    ([name, { version, optional, devOptional }]) => name === '' || optional || devOptional || have[name]?.version === version,
  );
}

/** Bundles into dist/. */
export const build = () => must(process.execPath, ['build.mjs']);

/** Runs a TypeScript file of the tests. */
export const typescript = (file, args = [], options = {}) => must(process.execPath, ['--import', 'tsx', file, ...args], options);

/** Puts dist/ and the manifest into a .vsix. */
export const packageExtension = (file = vsix) =>
  must(bin('vsce'), ['package', '--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links', '--out', file]);

/**
 * Does work that writes node_modules or dist/ while no other run in this checkout does. The lock is the kernel's: it ends with this process.
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function alone(work) {
  mkdirSync(artifacts, { recursive: true });
  const holder = spawn('flock', [path.join(artifacts, '.lock'), 'sh', '-c', 'echo; read -r end'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const patience = setTimeout(() => console.log('waiting for another run in this checkout'), 1000);
  await once(holder.stdout, 'data');
  clearTimeout(patience);
  try {
    return await work();
  } finally {
    holder.stdin.end();
    await once(holder, 'close');
  }
}

/** What `npm run check` runs, by name. */
export const checks = {
  tsc: () => must(bin('tsc'), []),
  eslint: () => must(bin('eslint'), ['.']),
  prettier: () => must(bin('prettier'), ['--check', '--log-level=warn', '.']),
};
