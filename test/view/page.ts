/**
 * The built view in a real browser, under the policy that the extension's webviews have, and in the colours of the editor's own themes. Of the
 * extension host only the editor is simulated: what the view asks is answered by the host's own conversation with the engine's own session, both in
 * this process.
 */
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { Page } from 'playwright-core';
import type { Profile } from '../../extension/engine/profile/profile.ts';
import { Session } from '../../extension/engine/session.ts';
import { Conversation, type Ask, type Shown } from '../../extension/host/flamegraph/conversation.ts';
import type { FromView, ToView, ViewState } from '../../extension/protocol.ts';
import type { Browser } from '../editor/browser.ts';
import { themeSheet, type Theme } from './themes.ts';

const root = path.resolve(import.meta.dirname, '../..');
export const screenshots = path.join(root, 'artifacts/screenshots');

export interface ViewPage {
  readonly page: Page;
  /** Everything the view has posted. */
  readonly posted: readonly FromView[];
  /** What the page said that it should not have: refusals of the policy, errors, warnings. */
  readonly complaints: readonly string[];
  /** The view's state as last kept. */
  kept(): Promise<ViewState | null>;
  send(message: ToView): Promise<void>;
  /** Says what a host says when a recording has grown. */
  pushGrowth(): Promise<void>;
  show(theme: Theme): Promise<void>;
  screenshot(name: string): Promise<void>;
  close(): Promise<void>;
}

/** What a view shows, and who answers for it. */
export interface Source {
  readonly shown: Shown;
  readonly ask: Ask;
}

export interface ViewOptions {
  readonly browser: Browser;
  /** Shown from an engine in this process; or what another engine holds. */
  readonly profile: Profile | Source;
  /** Shows a comparison: this one before, `profile` after. */
  readonly base?: Profile;
  readonly theme?: Theme;
  readonly width?: number;
  readonly height?: number;
  readonly state?: unknown;
  /** Called when the page is about to be loaded. */
  readonly onLoad?: () => void;
}

/** A page of its own in a browser that many tests may share. */
export async function openView({
  browser,
  profile,
  base,
  theme = 'dark',
  width = 900,
  height = 760,
  state,
  onLoad,
}: ViewOptions): Promise<ViewPage> {
  const server = await serve(theme, state);
  const { port } = server.address() as AddressInfo;
  const page = await browser.page.context().newPage();
  page.setDefaultTimeout(20_000); // less than a test has: what is waited for is named
  await page.setViewportSize({ width, height });
  const posted: FromView[] = [];
  const complaints: string[] = [];
  const send = (message: ToView): Promise<void> => page.evaluate((data) => window.postMessage(data, '*'), message);
  const { shown, ask } = 'ask' in profile ? profile : await answeredHere(profile, base);
  const conversation = new Conversation(shown, ask, (answer) => void send(answer));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.exposeFunction('toHost', async (message: FromView) => {
    posted.push(message);
    if (!('serial' in message)) return;
    await conversation.answer(message).catch((error: unknown) => send({ type: 'error', message: String(error) }));
  });
  onLoad?.();
  await page.goto(`http://127.0.0.1:${port}/`);
  return {
    page,
    posted,
    complaints,
    kept: () => page.evaluate(() => JSON.parse(sessionStorage.getItem('state') ?? 'null') as ViewState | null),
    send,
    pushGrowth: () => send({ type: 'grown' }),
    async show(next) {
      await page.evaluate((sheet) => document.querySelector('#theme')!.setAttribute('href', sheet), `/theme/${next}.css`);
      await page.waitForFunction((name) => [...document.styleSheets].some((sheet) => sheet.href?.endsWith(`${name}.css`)), next);
      await page.evaluate((classes) => (document.body.className = classes), bodyClasses(next));
    },
    async screenshot(name) {
      await page.screenshot({ path: path.join(screenshots, `view-${name}.png`) });
    },
    async close() {
      await page.close();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

async function answeredHere(profile: Profile, base: Profile | undefined): Promise<Source> {
  const session = new Session();
  const ask: Ask = async (method, params) => session.answers[method](params);
  session.put('after', profile);
  if (!base) return { ask, shown: { id: 'after', kind: 'profile' } };
  session.put('before', base);
  await ask('ringside/compare', { comparisonId: 'both', baseId: 'before', otherId: 'after' });
  return { ask, shown: { id: 'both', kind: 'comparison' } };
}

/** As VS Code marks the body of a webview. */
function bodyClasses(theme: Theme): string {
  const classes = {
    dark: 'vscode-dark',
    light: 'vscode-light',
    'hc-dark': 'vscode-high-contrast',
    'hc-light': 'vscode-high-contrast-light vscode-high-contrast',
  };
  return classes[theme];
}

const NONCE = 'simulated';

async function serve(theme: Theme, state: unknown): Promise<Server> {
  const files = new Map<string, [type: string, body: string | Buffer]>([
    ['/', ['text/html', html(theme)]],
    ['/host.js', ['text/javascript', hostScript(state)]],
  ]);
  for (const name of ['dark', 'light', 'hc-dark', 'hc-light'] as const) files.set(`/theme/${name}.css`, ['text/css', themeSheet(name)]);
  for (const name of ['view.js', 'view.css']) {
    files.set(`/${name}`, [name.endsWith('js') ? 'text/javascript' : 'text/css', await readFile(path.join(root, 'dist', name))]);
  }
  const server = createServer((request, response) => {
    const file = files.get(new URL(request.url ?? '/', 'http://loopback').pathname);
    if (!file) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': `${file[0]}; charset=utf-8`, 'cache-control': 'no-store' }).end(file[1]);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return server;
}

function html(theme: Theme): string {
  const policy = `default-src 'none'; script-src 'nonce-${NONCE}'; style-src 'self'`;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Ringside</title>
<meta http-equiv="Content-Security-Policy" content="${policy}">
<link id="theme" rel="stylesheet" href="/theme/${theme}.css"><link rel="stylesheet" href="/view.css"></head>
<body class="${bodyClasses(theme)}"><div id="app"></div>
<script nonce="${NONCE}" src="/host.js"></script><script nonce="${NONCE}" type="module" src="/view.js"></script></body></html>`;
}

/** Stands in for VS Code's own: posts go to this process, state lives as long as the page's session. */
function hostScript(state: unknown): string {
  return `
const first = ${JSON.stringify(JSON.stringify(state ?? null))};
if (sessionStorage.getItem('state') === null && first !== 'null') sessionStorage.setItem('state', first);
let taken = false;
window.acquireVsCodeApi = () => {
  if (taken) throw new Error('acquireVsCodeApi was called twice');
  taken = true;
  return {
    postMessage: (message) => void window.toHost(structuredClone(message)),
    getState: () => JSON.parse(sessionStorage.getItem('state') ?? 'null') ?? undefined,
    setState: (state) => sessionStorage.setItem('state', JSON.stringify(state)),
  };
};`;
}
