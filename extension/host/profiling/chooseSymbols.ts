/** Unikernel: Choose Symbols. Names an open profile again from another ELF file. */
import * as vscode from 'vscode';
import { Failure } from '../base/failure.ts';
import type { Profiles } from '../flamegraph/profiles.ts';
import { chooseElf, offerToRemember, type SymbolServices } from './symbols.ts';

export async function chooseSymbols(profiles: Profiles, services: Pick<SymbolServices, 'engine' | 'configuration'>): Promise<void> {
  const profile = profiles.active;
  if (!profile) throw new Failure(vscode.l10n.t('No profile is open. Record one with Unikernel: Profile Guest…, or open a capture.'));
  const file = await chooseElf(profile.title, services.engine);
  if (file === null) return;
  const { info } = await profiles.resymbolize(profile, { kind: 'elf', path: file, origin: 'chosen' });
  if (info) offerToRemember(info.guest, file, services);
}
