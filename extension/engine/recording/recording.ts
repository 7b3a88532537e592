/** A profile in the making: photographs in, samples out. */
import type { CaptureInfo, RecordingEnd, RecordingStatus, SymbolSource } from '../../protocol.ts';
import { INCOMPLETE_NAME } from '../profile/frameInfo.ts';
import { LocationTable } from '../profile/locations.ts';
import { Profile } from '../profile/profile.ts';
import { PhotographDecoder, type Photograph } from '../unwind/photograph.ts';
import { unwind } from '../unwind/unwind.ts';
import { openGuestImage, type GuestImage } from './guestImage.ts';

/** Photographs kept in memory, compressed as they came, so that a profile can be unwound again with other symbols. */
const MAX_KEPT_BYTES = 256 * 1024 * 1024;

export class Recording {
  profile: Profile;
  private readonly info: CaptureInfo;
  private image: GuestImage;
  private decoder = new PhotographDecoder();
  private queue: Promise<void> = Promise.resolve();
  private readonly kept: Uint8Array[] = [];
  private keptBytes = 0;
  private damage: string | null = null;

  constructor(info: CaptureInfo, symbols: SymbolSource) {
    this.info = info;
    this.image = openGuestImage(symbols, info.guest);
    this.profile = this.emptyProfile();
  }

  /** Takes the next piece of the agent's photograph stream. Pieces are worked on in the order they came. */
  push(chunk: Uint8Array): Promise<void> {
    this.kept.push(chunk);
    this.keptBytes += chunk.length;
    if (this.keptBytes > MAX_KEPT_BYTES) this.kept.length = 0;
    return this.enqueue(() => this.take(chunk));
  }

  status(status: RecordingStatus): void {
    const { facts } = this.profile;
    facts.durationMs = status.elapsedMs;
    facts.lost = status.lost;
    facts.missed = status.missed;
    facts.pause = status.pause;
    if (status.cappedHz !== undefined) facts.cappedHz = Math.min(facts.cappedHz ?? Infinity, status.cappedHz);
  }

  async end(end: RecordingEnd): Promise<void> {
    await this.queue;
    this.status(end.status);
    this.profile.facts.recording = false;
    if (end.message) this.profile.facts.warnings.push(end.message);
  }

  /** Unwinds and names everything again from the kept photographs. The profile is replaced: node ids change. */
  resymbolize(symbols: SymbolSource): Promise<void> {
    return this.enqueue(async () => {
      if (this.keptBytes > MAX_KEPT_BYTES)
        throw new Error('This recording is too long to be unwound again (over 256 MiB of photographs): record it anew');
      const next = openGuestImage(symbols, this.info.guest);
      this.image.close();
      this.image = next;
      const { facts } = this.profile;
      this.profile = this.emptyProfile();
      Object.assign(this.profile.facts, { ...facts, symbols: next.description, warnings: [...next.warnings] });
      this.decoder = new PhotographDecoder();
      this.damage = null;
      for (const chunk of this.kept) await this.take(chunk);
    });
  }

  close(): void {
    this.image.close();
  }

  private enqueue(work: () => Promise<void>): Promise<void> {
    const done = this.queue.then(work);
    this.queue = done.catch(() => undefined); // the caller of this piece hears of it; the next piece is not its fault
    return done;
  }

  private emptyProfile(): Profile {
    const { info, image } = this;
    return new Profile(
      { title: info.guest, info, symbols: image.description, warnings: [...image.warnings], recording: true },
      new LocationTable(),
    );
  }

  private async take(chunk: Uint8Array): Promise<void> {
    if (this.damage) return;
    try {
      for (const photograph of await this.decoder.push(chunk)) this.add(photograph);
    } catch (cause) {
      // The stream cannot be picked up again after a fault: what came before it stands, and the profile says so.
      this.damage = `The photograph stream is damaged after ${this.profile.sampleCount} samples; what came later is left out`;
      this.profile.facts.warnings.push(this.damage);
      throw new Error(this.damage, { cause });
    }
  }

  private add(photograph: Photograph): void {
    const { table } = this.profile;
    const { frames, complete } = unwind(photograph, this.image.code);
    const stack = frames.map((frame) => table.atAddress(frame.lookupAddress, (address) => this.image.framesAt(address, table)));
    if (!complete) stack.push(incomplete(table));
    const { timeNs, vcpu, state } = photograph;
    this.profile.add({ timeNs, vcpu, state, weight: 1, stack: stack.reverse() });
  }
}

function incomplete(table: LocationTable): number {
  const fn = table.internFunction({
    name: INCOMPLETE_NAME,
    linkageName: '',
    file: '',
    startLine: 0,
    module: '',
    category: 'unresolved',
    unresolved: false,
  });
  return table.named([{ fn, line: 0 }]);
}
