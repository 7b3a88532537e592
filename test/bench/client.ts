/** The client of dom0 as it is shipped: bundled, because only a bundler knows what to do with the agent's Python and C. */
import * as esbuild from 'esbuild';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { compiledC } from '../../compile.mjs';
import type { Dom0Client, Dom0Options } from '../../extension/dom0/client.ts';
import type { HostConfig } from '../../extension/protocol.ts';

export async function dom0Client(host: HostConfig, options: Dom0Options): Promise<Dom0Client> {
  const folder = await mkdtemp(path.join(tmpdir(), 'ringside-bench-'));
  try {
    const outfile = path.join(folder, 'client.mjs');
    const entry = path.resolve(import.meta.dirname, '../../extension/dom0/client.ts');
    const loaders = { loader: { '.py': 'text', '.sh': 'text' }, plugins: [compiledC] } as const;
    await esbuild.build({
      entryPoints: [entry],
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile,
      logLevel: 'warning',
      loader: { ...loaders.loader },
      plugins: [...loaders.plugins],
    });
    const { Dom0Client: Client } = (await import(pathToFileURL(outfile).href)) as { Dom0Client: typeof Dom0Client };
    return new Client(host, options);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
