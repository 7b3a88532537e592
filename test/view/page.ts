/**
 * The built view in a real browser, under the policy that the extension's webviews have, and in the colours of the editor's own themes. The
 * extension host is simulated: its answers come from the engine's real profile code, by way of this process.
 */
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { Page } from 'playwright-core';
import type { Profile } from '../../extension/engine/profile/profile.ts';
import { ProfileViews } from '../../extension/engine/profile/views.ts';
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
  /** Sends what a host sends by itself when a recording has grown. */
  pushGrowth(): Promise<void>;
  show(theme: Theme): Promise<void>;
  screenshot(name: string): Promise<void>;
  close(): Promise<void>;
}

export interface ViewOptions {
  readonly browser: Browser;
  readonly profile: Profile;
  readonly theme?: Theme;
  readonly width?: number;
  readonly height?: number;
  readonly state?: unknown;
}

/** A page of its own in a browser that many tests may share. */
export async function openView({ browser, profile, theme = 'dark', width = 900, height = 760, state }: ViewOptions): Promise<ViewPage> {
  const server = await serve(theme, state);
  const { port } = server.address() as AddressInfo;
  const page = await browser.page.context().newPage();
  await page.setViewportSize({ width, height });
  const posted: FromView[] = [];
  const complaints: string[] = [];
  let lastFlame: Extract<FromView, { type: 'flame' }> | undefined;
  let lastPaths: Extract<FromView, { type: 'hotPaths' }> | undefined;
  const send = (message: ToView): Promise<void> => page.evaluate((data) => window.postMessage(data, '*'), message);

  const answer = (message: FromView): ToView | null => {
    const views = new ProfileViews(profile);
    if (message.type === 'flame') {
      lastFlame = message;
      return { type: 'flame', reply: views.flame(message), ...serialOf(message) };
    }
    if (message.type === 'hotPaths') {
      lastPaths = message;
      return { type: 'hotPaths', reply: views.hotPaths({ filter: message.filter, limit: 20 }), ...serialOf(message) };
    }
    return null;
  };
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.exposeFunction('toHost', async (message: FromView) => {
    posted.push(message);
    const reply = answer(message);
    if (reply) await send(reply);
  });
  await page.goto(`http://127.0.0.1:${port}/`);
  return {
    page,
    posted,
    complaints,
    kept: () => page.evaluate(() => JSON.parse(sessionStorage.getItem('state') ?? 'null') as ViewState | null),
    send,
    async pushGrowth() {
      for (const asked of [lastFlame, lastPaths]) {
        const reply = asked && answer(asked);
        if (reply) await send(reply);
      }
    },
    async show(next) {
      await page.evaluate(
        ({ sheet, classes }) => {
          document.querySelector('#theme')!.setAttribute('href', sheet);
          document.body.className = classes;
        },
        { sheet: `/theme/${next}.css`, classes: bodyClasses(next) },
      );
      await page.waitForFunction((name) => [...document.styleSheets].some((sheet) => sheet.href?.endsWith(`${name}.css`)), next);
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

function serialOf({ serial }: { serial?: number }): { serial?: number } {
  return serial === undefined ? {} : { serial };
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
