/** A profile in the making: photographs in, samples out. */
import type { CaptureInfo, RecordingEnd, RecordingStatus, SymbolSource } from '../../protocol.ts';
import { INCOMPLETE_NAME } from '../profile/frameInfo.ts';
import { LocationTable } from '../profile/locations.ts';
import { Profile } from '../profile/profile.ts';
import type { SymbolOptions } from '../symbols/symbolizer.ts';
import { PhotographDecoder, type Photograph, type TextPage } from '../unwind/photograph.ts';
import { unwind } from '../unwind/unwind.ts';
import { openGuestImage, type GuestImage } from './guestImage.ts';

/** Photographs kept in memory, compressed as they came, so that a profile can be unwound again with other symbols. */
const MAX_KEPT_BYTES = 256 * 1024 * 1024;

export interface RecordingOptions {
  /** Names are shown even where the guest's text is not the symbols'. */
  readonly trustSymbols?: boolean;
  readonly places?: SymbolOptions;
}

export class Recording {
  profile: Profile;
  private readonly info: CaptureInfo;
  private readonly places: SymbolOptions | undefined;
  private image: GuestImage;
  /** Which of the image's revisions the samples were unwound and named by. */
  private revision: number;
  private decoder: PhotographDecoder;
  private queue: Promise<void> = Promise.resolve();
  private readonly kept: Uint8Array[] = [];
  private keptBytes = 0;
  /** Kept apart, because they are few and decide about all the rest. */
  private readonly textPages: TextPage[] = [];
  private damage: string | null = null;
  /** Warnings that are not the image's. */
  private readonly notices: string[] = [];

  constructor(info: CaptureInfo, symbols: SymbolSource, { trustSymbols = false, places }: RecordingOptions = {}) {
    this.info = info;
    this.places = places;
    this.image = openGuestImage(symbols, info.guest, { trusted: trustSymbols, places });
    this.revision = this.image.revision;
    this.decoder = this.newDecoder();
    this.profile = this.emptyProfile();
    if (info.note !== undefined) this.notice(info.note);
    this.queue = this.image.prepare([]).then(() => this.tellImage());
  }

  /** Takes the next piece of the agent's photograph stream. Pieces are worked on in the order they came. */
  push(chunk: Uint8Array): Promise<void> {
    return this.enqueue(async () => {
      this.kept.push(chunk);
      this.keptBytes += chunk.length;
      if (this.keptBytes > MAX_KEPT_BYTES) this.kept.length = 0;
      try {
        await this.take(chunk);
      } finally {
        if (this.image.revision !== this.revision) await this.againForText();
      }
    });
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
    this.image.keep();
    if (end.message) this.notice(end.message);
  }

  /** Ends without having been told to: `message` says why. One that has ended stays as it is. */
  async interrupt(message: string): Promise<void> {
    await this.queue;
    if (!this.profile.facts.recording) return;
    this.profile.facts.recording = false;
    this.image.keep();
    this.notice(message);
  }

  /** Unwinds and names everything again from the kept photographs. The profile is replaced: node ids change. */
  resymbolize(symbols: SymbolSource): Promise<void> {
    return this.enqueue(async () => {
      this.requireKept();
      const next = openGuestImage(symbols, this.info.guest, { places: this.places });
      await next.prepare([]);
      this.image.close();
      this.image = next;
      for (const page of this.textPages) next.compareText(page);
      await this.again();
    });
  }

  /** Shows the names although the guest's text is not the symbols'. */
  trustSymbols(): Promise<void> {
    return this.enqueue(async () => {
      this.requireKept();
      this.image.trust();
      await this.again();
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

  private requireKept(): void {
    if (this.keptBytes > MAX_KEPT_BYTES)
      throw new Error('This recording is too long to be unwound again (over 256 MiB of photographs): record it anew');
  }

  private newDecoder(): PhotographDecoder {
    return new PhotographDecoder((page) => {
      const { length } = this.textPages;
      if (length >= MAX_TEXT_PAGES || this.textPages.some(({ address }) => address === page.address)) return;
      this.textPages.push({ address: page.address, bytes: Uint8Array.from(page.bytes) });
      this.image.compareText(this.textPages[length]!);
      this.tellImage();
    });
  }

  private emptyProfile(): Profile {
    const { info, image } = this;
    return new Profile(
      {
        title: info.guest,
        info,
        symbols: image.description,
        symbolFile: image.file,
        proof: image.proof,
        warnings: [...image.warnings],
        recording: true,
      },
      new LocationTable(),
    );
  }

  private notice(text: string): void {
    this.notices.push(text);
    this.tellImage();
  }

  private tellImage(): void {
    const { facts } = this.profile;
    facts.symbols = this.image.description;
    facts.proof = this.image.proof;
    facts.warnings = [...this.image.warnings, ...this.notices];
  }

  /** The text has told that names or addresses are others than was thought. */
  private async againForText(): Promise<void> {
    if (this.keptBytes <= MAX_KEPT_BYTES) return this.again();
    this.revision = this.image.revision;
    this.notice(`The first ${this.profile.sampleCount} samples were unwound before the guest's text told of other symbols or addresses`);
  }

  private async again(): Promise<void> {
    const { facts } = this.profile;
    this.revision = this.image.revision;
    this.profile = this.emptyProfile();
    const { symbols, symbolFile, proof, warnings } = this.profile.facts;
    Object.assign(this.profile.facts, { ...facts, symbols, symbolFile, proof, warnings });
    this.tellImage();
    this.decoder = this.newDecoder();
    this.damage = null;
    for (const chunk of this.kept) await this.take(chunk);
  }

  private async take(chunk: Uint8Array): Promise<void> {
    if (this.damage) return;
    try {
      for (const photograph of await this.decoder.push(chunk)) this.add(photograph);
    } catch (cause) {
      // The stream cannot be picked up again after a fault: what came before it stands, and the profile says so.
      this.damage = `The photograph stream is damaged after ${this.profile.sampleCount} samples; what came later is left out`;
      if (!this.notices.includes(this.damage)) this.notice(this.damage);
      throw new Error(this.damage, { cause });
    }
  }

  private add(photograph: Photograph): void {
    const { table } = this.profile;
    const { frames, complete } = unwind(photograph, this.image.code);
    const stack = frames.map(({ lookupAddress, how }) => {
      const location = table.atAddress(lookupAddress, (address) => this.image.framesAt(address, table));
      table.vouch(location, how);
      return location;
    });
    if (!complete && !photograph.alone) stack.push(incomplete(table));
    const { timeNs, vcpu, state } = photograph;
    this.profile.add({ timeNs, vcpu, state, weight: 1, stack: stack.reverse() });
  }
}

/** The agent sends no more than 64; what comes from a guest's host is bounded here too. */
const MAX_TEXT_PAGES = 256;

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
