// Bundles each process of the house into dist/: one file a wing. `node build.mjs --watch` rebuilds on change; `--outdir DIR` puts them elsewhere.
import * as esbuild from 'esbuild';
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { compiledC } from './compile.mjs';

const { values } = parseArgs({ options: { watch: { type: 'boolean', default: false }, outdir: { type: 'string', default: 'dist' } } });
const { watch } = values;
const common = {
  bundle: true,
  sourcemap: 'linked',
  logLevel: 'warning',
  outdir: values.outdir,
  loader: { '.py': 'text', '.sh': 'text' },
  plugins: [compiledC],
};
/** Commands that the command line loads when they are called: bundles of their own, `ringside-NAME.cjs`. */
const commands = ['guests', 'record', 'report', 'symbolize'];
const commandBundles = {
  name: 'commands',
  setup(build) {
    build.onResolve({ filter: /^\.\/\w+\.ts$/ }, ({ kind, path }) => {
      const name = path.slice(2, -3);
      return kind === 'dynamic-import' && commands.includes(name) ? { path: `./ringside-${name}.cjs`, external: true } : undefined;
    });
  },
};
const node = {
  ...common,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  external: ['vscode'],
  outExtension: { '.js': '.cjs' },
  plugins: [...common.plugins, commandBundles],
  // a bundle is loaded by require, which is there already
  supported: { 'dynamic-import': false },
  // identifiers stay as they are: stack traces can be read, without the calls (keepNames) that name every closure as it is made
  minifyWhitespace: !watch,
  minifySyntax: !watch,
};
const browser = { ...common, platform: 'browser', target: 'chrome120', format: 'esm', minify: !watch, keepNames: true };
const entries = {
  host: 'extension/host/main.ts',
  engine: 'extension/engine/server.ts',
  symbols: 'extension/engine/symbols/helper.ts',
  askpass: 'extension/dom0/askpass/main.ts',
  ringside: 'extension/cli/main.ts',
  ...Object.fromEntries(commands.map((name) => [`ringside-${name}`, `extension/cli/${name}.ts`])),
};
const builds = [
  { ...node, entryPoints: Object.fromEntries(Object.entries(entries).filter(([, file]) => existsSync(file))) },
  { ...browser, entryPoints: { view: 'webview/main.ts' } },
];
for (const options of builds) {
  if (watch) await (await esbuild.context(options)).watch();
  else await esbuild.build(options);
}
