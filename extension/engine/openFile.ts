/** Opening a file for the views: in slices, told how far it is, and ended when nobody waits for it any more. */
import path from 'node:path';
import type { EngineEvents, SymbolSource } from '../protocol.ts';
import { openGently } from './formats/open.ts';
import { readPieces } from './formats/wholeFile.ts';
import type { Profile } from './profile/profile.ts';
import { renameLocations } from './recording/renameLocations.ts';
import type { SymbolOptions } from './symbols/symbolizer.ts';

export type Progress = Omit<EngineEvents['ringside/opening'], 'profileId' | 'canShow'>;

export interface FileToOpen {
  readonly file: string;
  /** Names what the file itself has no name for. */
  readonly symbols: SymbolSource | undefined;
  readonly places?: SymbolOptions;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  /** Hears of the profile as soon as there is something to show. */
  readonly onProfile: (profile: Profile) => void;
}

export async function openFile({ file, symbols, places, signal, onProgress, onProfile }: FileToOpen): Promise<Profile> {
  const profile = await openGently(await readPieces(file), path.basename(file), {
    onProgress: (stage, done, total) => onProgress({ stage, done, total }),
    onProfile,
    signal,
  });
  return symbols && isNameless(profile) ? renameLocations(profile, symbols, places) : profile;
}

/** Whether a file came without any name: symbols are then no second opinion, but the only one. */
function isNameless({ table }: Profile): boolean {
  return table.functions.length > 0 && table.functions.every(({ unresolved, category }) => unresolved || category === 'unresolved');
}
