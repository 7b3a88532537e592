/** Unikernel: Choose Symbols, which names an open profile again from another ELF file, and Use These Symbols Anyway. */
import * as vscode from 'vscode';
import { Failure } from '../base/failure.ts';
import type { OpenProfile, Profiles } from '../flamegraph/profiles.ts';
import { chooseElf, offerToRemember, type SymbolServices } from './symbols.ts';

export async function chooseSymbols(profiles: Profiles, services: Pick<SymbolServices, 'engine' | 'configuration'>): Promise<void> {
  const profile = requireActive(profiles);
  const file = await chooseElf(profile.title, services.engine);
  if (file === null) return;
  const { info } = await profiles.resymbolize(profile, { kind: 'elf', path: file, origin: 'chosen' });
  if (info) offerToRemember(info.guest, file, services);
}

/** Names are withheld where the guest's text is not that of the ELF file; the user may insist on them. */
export async function trustSymbols(profiles: Profiles): Promise<void> {
  await profiles.trustSymbols(requireActive(profiles));
}

function requireActive(profiles: Profiles): OpenProfile {
  if (profiles.active) return profiles.active;
  throw new Failure(vscode.l10n.t('No profile is open. Record one with Unikernel: Profile Guest…, or open a capture.'));
}
