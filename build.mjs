// Bundles each process of the house into dist/: one file a wing. `node build.mjs --watch` rebuilds on change.
import * as esbuild from 'esbuild';
import { existsSync } from 'node:fs';
import { compiledC } from './compile.mjs';

const watch = process.argv.includes('--watch');
const common = {
  bundle: true,
  sourcemap: 'linked',
  minify: !watch,
  keepNames: true,
  logLevel: 'warning',
  outdir: 'dist',
  loader: { '.py': 'text' },
  plugins: [compiledC],
};
const node = { ...common, platform: 'node', target: 'node20', format: 'cjs', external: ['vscode'], outExtension: { '.js': '.cjs' } };
const entries = {
  host: 'extension/host/main.ts',
  engine: 'extension/engine/server.ts',
  symbols: 'extension/engine/symbols/helper.ts',
  askpass: 'extension/dom0/askpass/main.ts',
  ringside: 'extension/cli/main.ts',
};
const builds = [
  { ...node, entryPoints: Object.fromEntries(Object.entries(entries).filter(([, file]) => existsSync(file))) },
  { ...common, platform: 'browser', target: 'chrome120', format: 'esm', entryPoints: { view: 'webview/main.ts' } },
];
for (const options of builds) {
  if (watch) await (await esbuild.context(options)).watch();
  else await esbuild.build(options);
}
