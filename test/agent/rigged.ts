/** A rig with guests, and clients of it, for the tests of the agent. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Clients } from '../ssh/clients.ts';
import { kill, sshMasters } from '../ssh/sshd.ts';
import { startRig, type Rig } from '../rig/rig.ts';
import { run } from '../rig/run.ts';
import { agentParts } from '../../extension/dom0/agent/source.ts';
import kills from './kills.py';
import type { Dom0Client } from '../../extension/dom0/client.ts';

export interface KillReport {
  readonly rounds: number;
  /** Rounds that ended while the guest was paused. */
  readonly insidePause: number;
  /** Photographs that had come, and could be read, of all rounds. */
  readonly photographs: number;
  /** Rounds after which the guest was still paused. */
  readonly leftPaused: number;
}

export const killsTimeoutMs = (rounds: number): number => 60_000 + rounds * 10_000;

export class Rigged {
  readonly rig: Rig;
  /** One as root for everything: its shared connection saves an emulated processor much arithmetic. */
  readonly root: Dom0Client;
  private readonly clients: Clients;

  private constructor(rig: Rig, clients: Clients) {
    this.rig = rig;
    this.clients = clients;
    this.root = this.client();
  }

  /** Where the sockets of shared connections are. */
  get folder(): string {
    return this.clients.folder;
  }

  /** Runs a command in dom0; returns what it prints. */
  async ssh(command: string, timeoutMs = 120_000): Promise<string> {
    const shared = ['-o', 'ControlMaster=auto', '-o', `ControlPath=${path.join(this.folder, 'test')}`, '-o', 'ControlPersist=120'];
    return (await run('ssh', ['-F', this.rig.sshConfig, ...shared, 'rig', command], { timeoutMs })).stdout;
  }

  /**
   * Ends recordings of a guest at random moments, within dom0 (see kills.py). One in ten has its pipes closed, as sshd does when a connection is
   * cut; the others are killed with -9.
   */
  async kills(guest: string, rounds: number, seed: number): Promise<KillReport> {
    const file = path.join(this.folder, 'kills.py');
    await writeFile(file, `${agentParts}\n\n${kills}`);
    await this.rig.put(file, '/root/kills.py');
    const printed = await this.ssh(`python3 /root/kills.py ${await this.domid(guest)} ${rounds} ${seed}`, killsTimeoutMs(rounds));
    return JSON.parse(printed) as KillReport;
  }

  static async start(...guests: string[]): Promise<Rigged> {
    const rig = await startRig();
    for (const guest of guests) await rig.createGuest(guest);
    const clients = new Clients();
    await clients.prepare();
    return new Rigged(rig, clients);
  }

  client(destination = 'rig', sudo = false): Dom0Client {
    return this.clients.make(['-F', this.rig.sshConfig], { destination, sudo });
  }

  async domid(guest: string): Promise<number> {
    const stdout = await this.ssh(`xl domid ${guest}`);
    return Number(stdout.trim());
  }

  /** A guest's six letters of state in `xl list`, such as `-b----`. */
  async state(guest: string): Promise<string> {
    const stdout = await this.ssh(`xl list ${guest}`);
    return stdout.trim().split('\n').at(-1)!.trim().split(/\s+/).at(-2)!;
  }

  /** Process ids of agents and watchdogs in dom0. */
  async agents(): Promise<number[]> {
    const stdout = await this.ssh("pgrep -f '^python3 .*ringside-agent'");
    return stdout.split('\n').filter(Boolean).map(Number);
  }

  /** Waits until nothing of ours runs in dom0, and says whether the guest is paused then. */
  async aftermath(guest: string, seconds = 5): Promise<{ left: string; state: string }> {
    const script = [
      `i=0; while [ $i -lt ${seconds * 5} ] && pgrep -f '^python3 .*ringside-agent' >/dev/null; do sleep 0.2; i=$((i+1)); done`,
      "pgrep -f '^python3 .*ringside-agent'",
      'echo',
      `xl list ${guest} | tail -1`,
    ];
    const stdout = await this.ssh(script.join('; '));
    const lines = stdout.trimEnd().split('\n');
    const row = lines.pop()!;
    return { left: lines.join(' ').trim(), state: row.trim().split(/\s+/).at(-2)! };
  }

  async stop(): Promise<void> {
    for (const pid of sshMasters(this.folder)) kill(pid);
    await this.clients.close();
    await this.rig.stop();
  }
}
