#!/usr/bin/env node
/** The `ringside` command: the same wire and engine as the editor's, without the editor. */
import { UsageError } from './usage.ts';

const USAGE = `Usage:
  ringside guests HOST                    list the guests of a dom0
  ringside record HOST GUEST [options]    profile a guest (name or domain id) into a capture
      --rate HZ             samples a second and vCPU (default 99)
      --mode MODE           stacks (default), or addresses: the guest is not paused, and there are no callers
      --max-pause-share S   of the guest's time that it may be paused; the rate gives way (default 0.01)
      --duration SECONDS    how long (default 10; 0: until Ctrl-C)
      --output FILE         the capture (default GUEST.pb.gz)
      --symbols ELF         the guest's ELF file (default: its kernel, fetched from dom0)
      --trust-symbols       show its names even where the guest's text is not that file's
  ringside report FILE [options]          a capture, or any file that Ringside opens, as text or in another format
      --format FORMAT       top (default), json, folded, pprof, speedscope, svg, html
      --base OTHER          what changed since OTHER: top, json, svg or html
      --states all|on-cpu|blocked   --vcpu N   --time FROM-TO (seconds)   --hide-idle
      --hide-library   --collapse-recursion   --focus FUNCTION   --callers-of FUNCTION   --inverted
  ringside symbolize [options] ELF        addresses on standard input, one a line
      --json                       one object a line, as llvm-symbolizer's
      --debug-file-directory DIR   look for separate debug files there, too (can be given more than once)
      --index DIR                  keep answers there, and take them from there
      --threads N                  work with so many threads, 1 to 4 (default: as many as pay)

HOST is an ssh destination. For guests and record:
  -F FILE        ssh configuration file        --sudo         run the agent through sudo -n on dom0
  --path DIRS    folders (a:b) put before dom0's PATH
`;

/** Each a bundle of its own (build.mjs): what a command does not need costs its start nothing. */
const commands: Record<string, (args: string[]) => Promise<number>> = {
  guests: async (args) => (await import('./guests.ts')).guests(args),
  record: async (args) => (await import('./record.ts')).record(args),
  report: async (args) => (await import('./report.ts')).report(args),
  symbolize: async (args) => (await import('./symbolize.ts')).symbolize(args, process.stdin, process.stdout),
};

async function main(argv: string[]): Promise<number> {
  const [name, ...args] = argv;
  const asked = [name, ...args.slice(0, args.includes('--') ? args.indexOf('--') : undefined)];
  if (name === undefined || name === 'help' || asked.includes('--help') || asked.includes('-h')) {
    process.stdout.write(USAGE);
    return name === undefined ? 2 : 0;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) throw new UsageError(`ringside has no command ${JSON.stringify(name)}`);
  return command(args);
}

function explain(error: unknown): string {
  const lines: string[] = [];
  for (let at = error; at instanceof Error && lines.length < 5; at = at.cause) if (!lines.includes(at.message)) lines.push(at.message);
  return lines.length > 0 ? lines.join('\n  because: ') : String(error);
}

// whoever reads has seen enough: `ringside report … | head`
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

main(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    // a bundle's UsageError is a class of its own; parseArgs reports unknown options as TypeErrors with a code of this family
    const usage =
      (error instanceof Error && error.name === 'UsageError') ||
      (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'));
    process.stderr.write(`ringside: ${explain(error)}\n${usage ? `\n${USAGE}` : ''}`);
    process.exitCode = usage ? 2 : 1;
  },
);
