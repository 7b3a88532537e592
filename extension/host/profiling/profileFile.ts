/** Unikernel: Profile This Guest, on a domain's configuration: the guest that it names. */
import * as vscode from 'vscode';
import { Failure } from '../base/failure.ts';
import { profileNamed, type ProfilingServices } from './profileGuest.ts';

/** @param name as the lens over the file hands it over; anything else: the name in the file that is being looked at */
export async function profileFile(name: unknown, services: ProfilingServices): Promise<void> {
  const text = vscode.window.activeTextEditor?.document.getText() ?? '';
  const guest = typeof name === 'string' ? name : /^\s*name\s*=\s*(["'])(.+)\1/m.exec(text)?.[2];
  if (guest === undefined)
    throw new Failure(vscode.l10n.t('This file names no guest: add a line such as name = "web", or use Unikernel: Profile Guest….'));
  await profileNamed(guest, services);
}
