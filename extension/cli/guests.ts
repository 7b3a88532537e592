/** `ringside guests HOST`: the guests of a dom0 as a table. */
import { parseArgs } from 'node:util';
import { connect, hostOptions } from './host.ts';
import { UsageError } from './usage.ts';

export async function guests(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: hostOptions });
  const [host, ...rest] = positionals;
  if (host === undefined || rest.length > 0) throw new UsageError('ringside guests takes one HOST');
  const rows = [['NAME', 'ID', 'KIND', 'STATE', 'VCPUS', 'MEMORY', 'CPU', 'KERNEL']];
  const client = connect(host, values);
  const found = await client.guests().finally(() => client.close());
  for (const guest of found) {
    const share = guest.cpuShare === null ? '-' : `${(100 * guest.cpuShare).toFixed(0)} %`;
    rows.push([
      guest.name,
      String(guest.domid),
      guest.kind,
      guest.state,
      String(guest.vcpus),
      `${guest.memoryMiB} MiB`,
      share,
      guest.kernel ?? '-',
    ]);
  }
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  for (const row of rows)
    process.stdout.write(
      `${row
        .map((cell, i) => cell.padEnd(widths[i]!))
        .join('  ')
        .trimEnd()}\n`,
    );
  if (found.length === 0) process.stderr.write(`${host} runs no guest: start one with xl create\n`);
  return 0;
}
