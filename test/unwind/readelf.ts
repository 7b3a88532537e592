/** Call frame information as binutils reads it. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface ReadelfRow {
  readonly section: string;
  /** First address of the row, and of the function it belongs to. */
  readonly address: bigint;
  readonly functionStart: bigint;
  readonly cfa: string;
  /** By register name, `ra` for the return address: `c-16`, `u`, `s`, `exp`, `vexp`, `v+8` or a register. */
  readonly rules: ReadonlyMap<string, string>;
}

/** Every row of every FDE, in the order of the file; several may follow each other at one address, the last of which counts. */
export async function* readelfRows(file: string): AsyncGenerator<ReadelfRow> {
  const process = spawn('readelf', ['--wide', '--debug-dump=frames-interp', file], { stdio: ['ignore', 'pipe', 'ignore'] });
  let section = '';
  let functionStart: bigint | null = null;
  let columns: string[] = [];
  for await (const line of createInterface({ input: process.stdout })) {
    const contents = /^Contents of the (\S+) section/.exec(line);
    const fde = /^[0-9a-f]+ [0-9a-f]+ [0-9a-f]+ FDE .*pc=([0-9a-f]+)\.\./.exec(line);
    if (contents) section = contents[1]!;
    else if (fde) functionStart = BigInt(`0x${fde[1]!}`);
    else if (/^[0-9a-f]+ [0-9a-f]+ [0-9a-f]+ CIE/.test(line)) functionStart = null;
    else if (/^\s+LOC\s+CFA/.test(line))
      columns = line
        .replaceAll(/ \(\w+\)/g, '')
        .trim()
        .split(/\s+/)
        .slice(2);
    else if (functionStart !== null && /^[0-9a-f]{16} /.test(line)) {
      const [address, cfa, ...rules] = line
        .replaceAll(/ \(\w+\)/g, '')
        .trim()
        .split(/\s+/);
      yield {
        section,
        address: BigInt(`0x${address!}`),
        functionStart,
        cfa: cfa!,
        rules: new Map(columns.map((column, i) => [column, rules[i]!])),
      };
    }
  }
}
