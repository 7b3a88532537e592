/**
 * Output of NEC's uniprof (https://github.com/sysml/uniprof): a comment, then traces, the innermost frame first, one to a line, ended by `1` (or `0` where the stack could
 * not be read to its end) and a blank line. Frames are addresses, or with -s `symbol+0xoffset`.
 */
import { FormatError } from './errors.ts';
import { INCOMPLETE_NAME } from '../profile/frameInfo.ts';
import { NamedProfile, type ImportedFile, type Steps } from './importer.ts';
import { AddressTraces } from './addressTraces.ts';

const HEAD = '#unikernel stack tracer';
const STARTED = /^#tracing domid (\d+) on /;
const ADDRESS = /^0x([0-9a-f]{1,16})$/;
const SYMBOL = /^(\S.*?)\+0x[0-9a-f]+$/;

export function readUniprof(file: ImportedFile): Steps | null {
  return file.bytes.subarray(0, HEAD.length).toString('latin1') === HEAD ? read(file) : null;
}

function* read(file: ImportedFile): Steps {
  const built = new NamedProfile({ title: file.name, symbols: 'from uniprof' });
  const traces = new AddressTraces(built, '');
  for (const { text, number, next } of file.lines()) {
    if (number % 256 === 0) yield { profile: built.profile, done: next / file.bytes.length };
    const line = text.trim();
    const domain = STARTED.exec(line)?.[1];
    if (domain !== undefined) built.profile.facts.title = `${file.name} (domain ${domain})`;
    if (line === '' || line.startsWith('#')) continue;
    if (line === '1' || line === '0') {
      if (line === '0' && traces.isBegun) traces.named(INCOMPLETE_NAME);
      traces.end();
      continue;
    }
    const address = ADDRESS.exec(line)?.[1];
    const symbol = SYMBOL.exec(line)?.[1];
    if (address === undefined && symbol === undefined) {
      if (line.startsWith('Failed to get context')) continue;
      throw new FormatError(`${file.name}:${number}: neither an address nor the end of a trace: ${JSON.stringify(line.slice(0, 80))}`);
    }
    if (!traces.isBegun) traces.begin();
    traces.frame(BigInt(`0x${address ?? '0'}`), symbol ?? '');
  }
  traces.end();
  return built.profile;
}
