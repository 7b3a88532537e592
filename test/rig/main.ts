/** npm run rig -- build|start|stop|ssh|scp|status: see README.md. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { debianPackages } from '../setup.mjs';
import { guestFiles } from './guests.ts';
import { usualMachine } from './machine.ts';
import { Rig, runningRigs, startRig } from './rig.ts';
import { savedState } from './state.ts';

const usage = `npm run rig -- COMMAND
  build                 everything that start needs, into the cache
  start                 a rig, and in it the guest pantry
    --name NAME         rig, rig-2, ... where left out
    --port PORT         of dom0's sshd on 127.0.0.1; a free one where left out
    --guest NAME        pantry, pantry-pair, ...; may be repeated; none: no guest
  build, start
    --smp N             processors (${usualMachine.smp}): guests run on CPU 1
    --icount            virtual time: the same in every run; slow
  status                the rigs that run
  stop [NAME]           that one, or all
  ssh [NAME:] COMMAND   in dom0 as root; a shell where there is no command
  scp FROM... TO        rig:PATH is a file of dom0; --name where there are several rigs`;

const options = {
  name: { type: 'string' },
  port: { type: 'string' },
  smp: { type: 'string' },
  guest: { type: 'string', multiple: true },
  icount: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

async function main(): Promise<void> {
  const [command, ...rest] = process.argv.slice(2);
  switch (command) {
    case 'build':
    case 'start':
      await buildOrStart(command, rest);
      return;
    case 'stop':
      await stop(rest);
      return;
    case 'status':
      await status();
      return;
    case 'ssh':
    case 'scp':
      await pass(command, rest);
      return;
    default:
      console.log(usage);
      process.exitCode = command === 'help' || command === '--help' ? 0 : 2;
  }
}

async function buildOrStart(command: 'build' | 'start', args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options });
  const machine = { ...usualMachine, icount: values.icount, ...(values.smp === undefined ? {} : { smp: natural('--smp', values.smp) }) };
  await debianPackages({ rig: true });
  const start = Date.now();
  if (command === 'build') {
    await savedState(machine);
    await guestFiles();
    console.log(`built (${seconds(start)})`);
    return;
  }
  const { name, port } = values;
  const rig = await startRig({
    ...machine,
    detached: true,
    ...(name === undefined ? {} : { name }),
    ...(port === undefined ? {} : { port: natural('--port', port) }),
  });
  console.log(`${rig.name}: dom0 is up (${seconds(start)})`);
  for (const guest of (values.guest ?? ['pantry']).filter((each) => each !== 'none')) {
    const created = Date.now();
    await rig.createGuest(guest, machine.smp === 1 ? { cpus: '0' } : {});
    console.log(`${rig.name}: guest ${guest} runs (${seconds(created)})`);
  }
  describe(rig);
}

async function stop(names: string[]): Promise<void> {
  const rigs = (await runningRigs()).filter(({ name }) => names.length === 0 || names.includes(name));
  if (rigs.length === 0) console.log('no such rig runs');
  for (const rig of rigs) {
    await rig.stop();
    console.log(`${rig.name}: stopped`);
  }
}

async function status(): Promise<void> {
  const rigs = await runningRigs();
  if (rigs.length === 0) console.log('no rig runs');
  for (const rig of rigs) {
    describe(rig);
    console.log((await rig.ssh('xl list')).stdout);
  }
}

function describe(rig: Rig): void {
  console.log(`${rig.name}: 127.0.0.1:${rig.port}   ssh -F ${rig.sshConfig} rig`);
}

/** Hands the terminal to ssh or scp. A first argument `NAME:` chooses among rigs. */
async function pass(command: 'ssh' | 'scp', args: string[]): Promise<void> {
  const rigs = await runningRigs();
  const named = rigs.find(({ name }) => args[0] === `${name}:`);
  const [rig, another] = named ? [named] : rigs;
  if (rig === undefined) throw new Error('no rig runs. Start one: npm run rig -- start');
  if (another !== undefined) throw new Error(`several rigs run. Say which: ${rigs.map(({ name }) => `${name}:`).join(' or ')}`);
  const words = named ? args.slice(1) : args;
  const child = spawn(command, ['-F', rig.sshConfig, ...(command === 'ssh' ? ['rig'] : ['-r']), ...words], { stdio: 'inherit' });
  const [code] = (await once(child, 'close')) as [number | null];
  process.exitCode = code ?? 1;
}

function natural(option: string, text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new Error(`${option} ${text}: a whole number is needed`);
  return number;
}

const seconds = (start: number) => `${((Date.now() - start) / 1000).toFixed(1)} s`;

try {
  await main();
} catch (error) {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) console.error(cause.message);
  process.exitCode = 1;
}
