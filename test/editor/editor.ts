/** A real VS Code (code-server) on loopback with a fresh profile, fresh extensions and a copy of the workspace. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { cp, mkdir, mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { endMarked, markedProcesses, send } from './processes.ts';
import { editorServer, type EditorServer } from './server.ts';

export interface EditorOptions {
  /** Folder to open. It is copied, and the copy is opened. */
  readonly workspace: string;
  /** Names of folders in it that are opened instead, as a workspace of several. */
  readonly folders?: readonly string[];
  /** Extension to install. */
  readonly vsix?: string;
  /** User settings, over `quietSettings`. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Environment of the server, the extension host and all they start. */
  readonly env?: Readonly<Record<string, string>>;
  /** Opens the folder in Restricted Mode, as one that nobody said to trust. */
  readonly restricted?: boolean;
  /** Loopback port; a free one where absent. */
  readonly port?: number;
}

export interface Editor {
  /** Address of the workbench with the workspace open. */
  readonly url: string;
  /** The server's temporary home. */
  readonly home: string;
  /** The copy of the workspace that is open. */
  readonly workspace: string;
  /** Replaces the user settings (`quietSettings` stay), as if typed into settings.json. */
  configure(settings: Readonly<Record<string, unknown>>): Promise<void>;
  /** Process ids of the extension hosts. */
  extensionHosts(): Promise<number[]>;
  /** Process ids of everything the editor started whose arguments satisfy `test`. */
  processes(test: (args: readonly string[]) => boolean): Promise<number[]>;
  /** What the extension wrote to its log, and the end of the server's, for a failure's report. */
  log(): Promise<string>;
  /** Ends the server and all it started, and starts it again on the same home and port, as after a restart of the machine it runs on. */
  restart(): Promise<void>;
  /** Ends the server and all it started, detached ssh included, and removes its home. */
  stop(): Promise<void>;
}

const mark = 'RINGSIDE_TEST_EDITOR';

/** No welcome page, no chat, no updates, no questions. */
const quietSettings = {
  'workbench.colorTheme': 'Default Dark Modern',
  'editor.minimap.enabled': false,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'telemetry.telemetryLevel': 'off',
  'security.workspace.trust.enabled': false,
  'remote.autoForwardPorts': false,
  'git.enabled': false,
  'git.openRepositoryInParentFolders': 'never',
};

/** Starts an editor; installs the server first where the machine has none. */
export async function startEditor(options: EditorOptions, say: (line: string) => void = console.log): Promise<Editor> {
  const server = await editorServer(say);
  const home = await mkdtemp(path.join(tmpdir(), 'rs-editor-'));
  const id = randomUUID();
  const workspace = path.join(home, path.basename(options.workspace));
  await cp(options.workspace, workspace, { recursive: true });
  const trust = options.restricted ? { 'security.workspace.trust.enabled': true, 'security.workspace.trust.startupPrompt': 'never' } : {};
  const configure = (settings: Readonly<Record<string, unknown>> = {}): Promise<void> =>
    writeSettings(path.join(home, 'data'), { ...trust, ...settings });
  await configure(options.settings);
  const env = environment(server, home, { ...options.env, [mark]: id });
  const common = ['--config', path.join(home, 'config.yaml'), '--user-data-dir', path.join(home, 'data')];
  common.push('--extensions-dir', path.join(home, 'extensions'), '--disable-telemetry', '--disable-update-check');
  const stop = async (): Promise<void> => {
    await endMarked(mark, id);
    await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  const several = path.join(home, 'several.code-workspace');
  const folders = (options.folders ?? []).map((name) => ({ path: path.join(workspace, name) }));
  if (folders.length > 0) await writeFile(several, JSON.stringify({ folders }));
  const opened = folders.length > 0 ? `workspace=${encodeURIComponent(several)}` : `folder=${encodeURIComponent(workspace)}`;
  try {
    if (options.vsix !== undefined) await run(server, [...common, '--install-extension', path.resolve(options.vsix)], home, env);
    const port = options.port ?? (await freePort());
    const args = [...common, '--bind-addr', `127.0.0.1:${port}`, '--auth', 'none'];
    if (!options.restricted) args.push('--disable-workspace-trust');
    args.push('--disable-getting-started-override', '--disable-proxy');
    const start = async (): Promise<void> => healthy(await launch(server, args, home, env), port, home);
    await start();
    return {
      url: `http://127.0.0.1:${port}/?${opened}`,
      home,
      workspace,
      configure,
      processes: async (test) => (await markedProcesses(mark, id)).filter(({ args }) => test(args)).map(({ pid }) => pid),
      extensionHosts: async () =>
        (await markedProcesses(mark, id)).filter(({ args }) => args.includes('--type=extensionHost')).map(({ pid }) => pid),
      log: () => logs(home),
      restart: async () => {
        await endMarked(mark, id);
        await start();
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * The user's settings in the places where the editor itself would write them: settings of machine scope, such as ours, are read from the machine
 * that the extension runs on, all others from the user's.
 */
async function writeSettings(data: string, settings: Readonly<Record<string, unknown>>): Promise<void> {
  const own = Object.entries(settings).filter(([name]) => name.startsWith('ringside.'));
  for (const [place, values] of [
    ['User', { ...quietSettings, ...settings }],
    ['Machine', Object.fromEntries(own)],
  ] as const) {
    await mkdir(path.join(data, place), { recursive: true });
    await writeFile(path.join(data, place, 'settings.json'), JSON.stringify(values, null, 2));
  }
}

async function logs(home: string): Promise<string> {
  const folder = path.join(home, 'data/logs');
  const names = (await readdir(folder, { recursive: true }).catch(() => [])).filter((name) => name.endsWith('Ringside.log'));
  const own = await Promise.all(names.sort().map((name) => readFile(path.join(folder, name), 'utf8')));
  const server = await readFile(path.join(home, 'server.log'), 'utf8');
  return [...own, server.slice(-2000)].join('\n');
}

/** A loopback port nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => probe.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

function environment(server: EditorServer, home: string, more: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    HOME: home,
    TMPDIR: home,
    XDG_CONFIG_HOME: path.join(home, 'config'),
    XDG_DATA_HOME: path.join(home, 'share'),
    XDG_CACHE_HOME: path.join(home, 'cache'),
    EXTENSIONS_GALLERY: '{"serviceUrl":""}', // no marketplace look-ups
    PATH: `${path.dirname(server.node)}:${process.env['PATH'] ?? ''}`,
    ...more,
  };
  // What an editor's terminal, a test runner or a hosting service may have left, and what would change the server's ways.
  for (const name of [
    'PORT',
    'PASSWORD',
    'VSCODE_IPC_HOOK_CLI',
    'VSCODE_CWD',
    'NODE_OPTIONS',
    'NODE_ENV',
    'SSH_AUTH_SOCK',
    'SSH_ASKPASS',
  ]) {
    if (!(name in more)) delete env[name]; // eslint-disable-line @typescript-eslint/no-dynamic-delete
  }
  return env;
}

async function launch(server: EditorServer, args: readonly string[], home: string, env: NodeJS.ProcessEnv): Promise<ChildProcess> {
  const log = await open(path.join(home, 'server.log'), 'a');
  // Detached: a Ctrl-C meant for us reaches us alone, and stop() ends the rest in order.
  const child = spawn(server.node, [server.entry, ...args], { cwd: home, env, stdio: ['ignore', log.fd, log.fd], detached: true });
  await log.close();
  return child;
}

async function run(server: EditorServer, args: readonly string[], home: string, env: NodeJS.ProcessEnv): Promise<void> {
  const child = await launch(server, args, home, env);
  const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('exit', resolve));
  if (code !== 0)
    throw new Error(
      `code-server ${args.slice(-2).join(' ')} ended with ${code}:\n${await readFile(path.join(home, 'server.log'), 'utf8')}`,
    );
}

async function healthy(child: ChildProcess, port: number, home: string): Promise<void> {
  const limit = Date.now() + 60_000;
  for (;;) {
    const up = await fetch(`http://127.0.0.1:${port}/healthz`).then(
      (reply) => reply.ok,
      () => false,
    );
    if (up) return;
    if (child.exitCode !== null || Date.now() > limit) {
      if (child.pid !== undefined) send(child.pid, 'SIGTERM');
      throw new Error(`code-server does not answer on port ${port}:\n${await readFile(path.join(home, 'server.log'), 'utf8')}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
