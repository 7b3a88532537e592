/** `npm run bench -- NAME [options]`: a measurement beside a peer in the same run. Each is a file NAME.bench.ts of this folder. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

/** What such a file exports as `bench`. It prints its figures, and throws where it cannot measure. */
export type Bench = (args: string[]) => Promise<void>;

const [name = '', ...args] = process.argv.slice(2);
const file = path.join(import.meta.dirname, `${name}.bench.ts`);
if (!/^[a-z]+$/.test(name) || !existsSync(file)) {
  const names = readdirSync(import.meta.dirname).flatMap((each) => /^(.*)\.bench\.ts$/.exec(each)?.[1] ?? []);
  throw new Error(`npm run bench -- NAME, where NAME is one of: ${names.join(', ')}`);
}
const { bench } = (await import(file)) as { bench: Bench };
await bench(args);
