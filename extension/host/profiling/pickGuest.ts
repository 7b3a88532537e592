/** Which guest, at which rate, for how long, how much of it: one quick pick whose last rows change how it is recorded. */
import * as vscode from 'vscode';
import type { Guest, HostConfig, SamplingMode } from '../../protocol.ts';
import { Cancelled } from '../base/failure.ts';
import { durationLimits, rateLimits } from '../configuration/configuration.ts';
import { numberProblem } from '../configuration/values.ts';
import type { Connections } from '../connection/connections.ts';
import { isAsking } from '../connection/prompts.ts';
import { byInterest, guestIcon, guestSummary, isAlive, kindWord } from '../hosts/guestWords.ts';
import { duration, plain } from '../words.ts';

export interface Manner {
  readonly rateHz: number;
  /** 0: until stopped. */
  readonly durationSeconds: number;
  readonly mode: SamplingMode;
}

export type GuestChoice =
  { readonly type: 'guests'; readonly guests: readonly Guest[]; readonly manner: Manner } | { readonly type: 'back' };

/** What a row changes: how it is recorded, or that it is several guests. */
type Change = keyof Manner | 'several';

type Row = vscode.QuickPickItem & ({ readonly guest: Guest } | { readonly change: Change } | { readonly guest?: never });

const refreshButton: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon('refresh'), tooltip: vscode.l10n.t('Refresh') };

/** Rejects with Cancelled where the person goes back on it, and with the connection's error where the guests cannot be listed. */
export async function pickGuest(host: HostConfig, connections: Connections, manner: Manner, canGoBack: boolean): Promise<GuestChoice> {
  let guests: Guest[] | null = null;
  for (;;) {
    const outcome = await ask(host, connections, manner, guests, canGoBack);
    if (outcome.type !== 'change') return outcome;
    guests = outcome.guests;
    if (outcome.what !== 'several') manner = await change(manner, outcome.what);
    else {
      const several = await pickSeveral(host, guests ?? []);
      if (several.length > 0) return { type: 'guests', guests: several, manner };
    }
  }
}

type Outcome = GuestChoice | { readonly type: 'change'; readonly what: Change; readonly guests: Guest[] | null };

async function ask(
  host: HostConfig,
  connections: Connections,
  manner: Manner,
  known: Guest[] | null,
  canGoBack: boolean,
): Promise<Outcome> {
  const pick = vscode.window.createQuickPick<Row>();
  const abort = new AbortController();
  let guests = known;
  pick.title = vscode.l10n.t('Profile a guest of {0}', plain(host.name));
  pick.buttons = [...(canGoBack ? [vscode.QuickInputButtons.Back] : []), refreshButton];
  pick.matchOnDescription = true;
  // Connecting may ask for a passphrase or a security key, which takes the focus.
  pick.ignoreFocusOut = true;
  const show = (): void => {
    pick.items = rows(guests, manner);
    pick.placeholder = guests === null ? vscode.l10n.t('Connecting to {0}…', plain(host.destination)) : placeholder(guests);
  };
  try {
    return await new Promise<Outcome>((resolve, reject) => {
      let hiddenByQuestion = false;
      const load = async (): Promise<void> => {
        pick.busy = true;
        try {
          guests = (await connections.guestsOf(host, abort.signal)).sort(byInterest);
          show();
          if (hiddenByQuestion) pick.show();
          hiddenByQuestion = false;
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        } finally {
          pick.busy = false;
        }
      };
      pick.onDidTriggerButton((button) => {
        if (button === refreshButton) void load();
        else resolve({ type: 'back' });
      });
      pick.onDidAccept(() => {
        const [row] = pick.selectedItems;
        if (row && 'change' in row) resolve({ type: 'change', what: row.change, guests });
        else if (row?.guest && isAlive(row.guest)) resolve({ type: 'guests', guests: [row.guest], manner });
      });
      pick.onDidHide(() => {
        if (pick.busy && isAsking()) hiddenByQuestion = true;
        else reject(new Cancelled());
      });
      show();
      pick.show();
      if (guests === null) void load();
    });
  } finally {
    abort.abort(new Cancelled());
    pick.dispose();
  }
}

/** None before the guests are known: nothing may move under the pointer, or be accepted by a key that was meant for a guest. */
function rows(guests: readonly Guest[] | null, { rateHz, durationSeconds, mode }: Manner): Row[] {
  if (guests === null) return [];
  const listed = guests.map((guest): Row => ({
    label: `$(${guestIcon(guest)}) ${plain(guest.name)}`,
    description: `${kindWord(guest)} · ${guestSummary(guest)}${isAlive(guest) ? '' : ` · ${vscode.l10n.t('cannot be profiled')}`}`,
    guest,
  }));
  const several: Row = {
    label: `$(checklist) ${vscode.l10n.t('Several guests at once…')}`,
    alwaysShow: true,
    change: 'several',
  };
  return [
    ...listed,
    { label: vscode.l10n.t('How to record'), kind: vscode.QuickPickItemKind.Separator },
    {
      label: `$(dashboard) ${vscode.l10n.t('Rate: {0} Hz', rateHz)}`,
      description: vscode.l10n.t('change…'),
      alwaysShow: true,
      change: 'rateHz',
    },
    {
      label: `$(watch) ${vscode.l10n.t('Duration: {0}', durationSeconds === 0 ? vscode.l10n.t('until stopped') : duration(durationSeconds * 1000))}`,
      description: vscode.l10n.t('change…'),
      alwaysShow: true,
      change: 'durationSeconds',
    },
    {
      label: `$(layers) ${mode === 'stacks' ? vscode.l10n.t('Record: stacks') : vscode.l10n.t('Record: addresses only')}`,
      description: mode === 'stacks' ? vscode.l10n.t('change to addresses only: no pause, no callers') : vscode.l10n.t('change to stacks'),
      alwaysShow: true,
      change: 'mode',
    },
    ...(guests.filter(isAlive).length > 1 ? [several] : []),
  ];
}

/** None where the person goes back on it. */
async function pickSeveral(host: HostConfig, guests: readonly Guest[]): Promise<readonly Guest[]> {
  const rows = guests.filter(isAlive).map((guest) => ({
    label: `$(${guestIcon(guest)}) ${plain(guest.name)}`,
    description: `${kindWord(guest)} · ${guestSummary(guest)}`,
    guest,
  }));
  const picked = await vscode.window.showQuickPick(rows, {
    title: vscode.l10n.t('Profile several guests of {0}', plain(host.name)),
    placeHolder: vscode.l10n.t('Which guests? They are recorded at the same time, each in a tab of its own'),
    canPickMany: true,
    ignoreFocusOut: true,
    matchOnDescription: true,
  });
  return (picked ?? []).map(({ guest }) => guest);
}

function placeholder(guests: readonly Guest[]): string {
  return guests.length === 0
    ? vscode.l10n.t('This host runs no guests; start one with xl create, then refresh')
    : vscode.l10n.t('Which guest?');
}

/** Escape keeps what was set. */
async function change(manner: Manner, what: keyof Manner): Promise<Manner> {
  if (what === 'mode') return { ...manner, mode: manner.mode === 'stacks' ? 'addresses' : 'stacks' };
  const { min, max } = what === 'rateHz' ? rateLimits : durationLimits;
  const typed = await vscode.window.showInputBox({
    title: what === 'rateHz' ? vscode.l10n.t('Sampling rate in Hz') : vscode.l10n.t('Duration in seconds'),
    prompt:
      what === 'rateHz'
        ? vscode.l10n.t('Photographs a second of each vCPU, at scattered moments, so that they keep no step with the guest’s own rhythm.')
        : vscode.l10n.t('0 records until it is stopped.'),
    value: String(manner[what]),
    ignoreFocusOut: true,
    validateInput: (text) => (text.trim() === '' ? vscode.l10n.t('Type a number') : numberProblem(Number(text), min, max)),
  });
  return typed === undefined ? manner : { ...manner, [what]: Number(typed) };
}
