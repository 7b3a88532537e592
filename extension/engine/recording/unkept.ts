/** Recordings that are in no file yet. Where their process has to end, because the editor did, they are put where the host said: nobody can ask for them any more. */
import { writePprof } from '../formats/pprofWrite.ts';
import { writeWhole } from '../formats/wholeFile.ts';
import type { Recording } from './recording.ts';

const INTERRUPTED = 'The editor ended, or its window was loaded anew, while this was recorded; what had come until then was kept';

export class Unkept {
  private readonly files = new Map<string, { readonly recording: Recording; readonly file: string }>();
  private rescued: Promise<void> | undefined;

  /** @param file where it is put if it comes to that */
  add(profileId: string, recording: Recording, file: string): void {
    this.files.set(profileId, { recording, file });
  }

  /** It was dropped. */
  forget(profileId: string): void {
    this.files.delete(profileId);
  }

  /** It is in a file: the whole of it, once it has ended. */
  saved(profileId: string): void {
    if (this.files.get(profileId)?.recording.profile.facts.recording === false) this.files.delete(profileId);
  }

  /** Never rejects. The same rescue for all who ask. */
  rescue(): Promise<void> {
    this.rescued ??= Promise.all([...this.files.values()].map(keep)).then(() => undefined);
    return this.rescued;
  }
}

async function keep({ recording, file }: { readonly recording: Recording; readonly file: string }): Promise<void> {
  try {
    await recording.interrupt(INTERRUPTED);
    if (recording.profile.sampleCount > 0) await writeWhole(file, await writePprof(recording.profile));
  } catch (error) {
    process.emitWarning(error as Error); // there is nobody to tell
  }
}
