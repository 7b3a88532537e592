/** Unikernel: Profile Guest and Profile Again: from the question which guest to the recording. */
import * as vscode from 'vscode';
import type { Guest, HostConfig, SymbolSource } from '../../protocol.ts';
import { Failure, isCancelled, showFailure } from '../base/failure.ts';
import type { Configuration } from '../configuration/configuration.ts';
import type { BeforeAfter } from '../captures/beforeAfter.ts';
import { requireTrust } from '../connection/trust.ts';
import { withAbort } from '../hosts/testHost.ts';
import type { HostsNode } from '../hosts/hostsView.ts';
import { plain } from '../words.ts';
import { pickGuest, type Manner } from './pickGuest.ts';
import { pickHost } from './pickHost.ts';
import { remembered, type Plan, type RememberedPlan } from './plan.ts';
import type { Recorder } from './recorder.ts';
import { findSymbols, type SymbolServices } from './symbols.ts';

const lastPlanKey = 'ringside.lastPlan';

export interface ProfilingServices extends SymbolServices {
  readonly recorder: Recorder;
  readonly beforeAfter: BeforeAfter;
  readonly memory: vscode.Memento;
}

/** @param node the guest or host of the Hosts view that it was called on. */
export async function profileGuest(node: HostsNode | null, services: ProfilingServices): Promise<void> {
  requireTrust();
  const { configuration } = services;
  const manner = mannerOf(configuration);
  if (node?.type === 'guest') return record([{ host: node.host, guest: node.guest, ...manner, chosenElf: null }], services);
  for (;;) {
    const host = node?.host ?? (await pickHost(configuration, vscode.l10n.t('Profile a guest')));
    const canGoBack = node === null && configuration.hosts().length > 1;
    const choice = await pickGuest(host, services.connections, manner, canGoBack);
    if (choice.type === 'guests') {
      const plans = choice.guests.map((guest) => ({ host, guest, ...choice.manner, chosenElf: null }));
      return record(plans, services);
    }
  }
}

/** A guest by its name, recorded as the settings say. */
export async function profileNamed(name: string, services: ProfilingServices): Promise<void> {
  requireTrust();
  const { configuration } = services;
  const host = await pickHost(configuration, vscode.l10n.t('Profile {0}', plain(name)));
  const guest = await findGuest(host, name, services);
  return record([{ host, guest, ...mannerOf(configuration), chosenElf: null }], services);
}

/** The same guests in the same manner; asks where there was no recording yet. */
export async function profileAgain(services: ProfilingServices): Promise<void> {
  requireTrust();
  const last = services.memory.get<RememberedPlan | RememberedPlan[]>(lastPlanKey);
  if (!last) return profileGuest(null, services);
  const plans: Plan[] = [];
  for (const { host: hostName, guest, rateHz, durationSeconds, mode = 'stacks', chosenElf } of [last].flat()) {
    const host = services.configuration.hosts().find(({ name }) => name === hostName);
    if (!host)
      throw new Failure(
        vscode.l10n.t('There is no host named {0} any more. Choose a guest with Unikernel: Profile Guest….', plain(hostName)),
      );
    plans.push({ host, guest: await findGuest(host, guest, services), rateHz, durationSeconds, mode, chosenElf });
  }
  return record(plans, services, true);
}

function mannerOf(configuration: Configuration): Manner {
  return { rateHz: configuration.rateHz(), durationSeconds: configuration.durationSeconds(), mode: configuration.mode() };
}

async function findGuest(host: HostConfig, name: string, { connections }: ProfilingServices): Promise<Guest> {
  const title = vscode.l10n.t('Looking for {0} on {1}', plain(name), plain(host.name));
  const guests = await withAbort(title, (signal) => connections.guestsOf(host, signal));
  const guest = guests.find((candidate) => candidate.name === name);
  if (guest) return guest;
  const known = guests.map((candidate) => plain(candidate.name)).join(', ');
  throw new Failure(
    known
      ? vscode.l10n.t(
          '{0} does not run on {1}; {2} does. Start it, or choose another with Unikernel: Profile Guest….',
          plain(name),
          plain(host.name),
          known,
        )
      : vscode.l10n.t('{0} does not run on {1}, and no other guest does. Start it with xl create.', plain(name), plain(host.name)),
  );
}

/** All at once: their symbols are found first, because that may ask. */
async function record(plans: readonly Plan[], services: ProfilingServices, again = false): Promise<void> {
  for (const { host, guest } of plans) services.recorder.requireFree(host, guest);
  const ready: { plan: Plan; symbols: SymbolSource }[] = [];
  for (const plan of plans) {
    const symbols = await findSymbols(plan.host, plan.guest, plan.chosenElf, services);
    const chosenElf = symbols.kind === 'elf' && symbols.origin === 'chosen' ? symbols.path : plan.chosenElf;
    ready.push({ plan: { ...plan, chosenElf }, symbols });
  }
  await services.memory.update(
    lastPlanKey,
    ready.map(({ plan }) => remembered(plan)),
  );
  const outcomes = await Promise.allSettled(ready.map(({ plan, symbols }) => recordOne(plan, symbols, services, again)));
  const [failed, ...others] = outcomes.filter((outcome) => outcome.status === 'rejected');
  for (const { reason } of others) void showFailure(reason, services.log);
  if (failed) throw failed.reason;
}

async function recordOne(plan: Plan, symbols: SymbolSource, services: ProfilingServices, again: boolean): Promise<void> {
  try {
    const kept = await services.recorder.record(plan, symbols);
    if (kept) services.beforeAfter.keep(kept, plan, again);
  } catch (error) {
    if (isCancelled(error) || error instanceof Failure) throw error;
    throw new Error(vscode.l10n.t('{0} on {1} could not be recorded', plain(plan.guest.name), plain(plan.host.name)), { cause: error });
  }
}
