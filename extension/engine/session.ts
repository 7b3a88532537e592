/** The open profiles, and the answers to everything that is asked of them. One method a request; protocol.ts says what each means. */
import path from 'node:path';
import type { EngineRequests, ProfileHeader } from '../protocol.ts';
import { hoverText, type HoverQuestion } from './features/hover.ts';
import type { SourceMap } from './features/sourcePaths.ts';
import { exportProfile } from './formats/export.ts';
import { openProfile } from './formats/open.ts';
import { writePprof } from './formats/pprofWrite.ts';
import { readWhole, writeWhole } from './formats/wholeFile.ts';
import type { Profile } from './profile/profile.ts';
import { ProfileViews } from './profile/views.ts';
import { inspectElf } from './recording/guestImage.ts';
import { Recording } from './recording/recording.ts';
import { renameLocations } from './recording/renameLocations.ts';

/** Declared for the views to be built on; refused until it is answered for real. */
function notYet(): never {
  throw new Error('The engine cannot answer this yet');
}

interface Opened {
  views: ProfileViews;
  readonly recording: Recording | null;
}

type Answers = {
  [M in keyof EngineRequests]: (params: EngineRequests[M]['params']) => Promise<EngineRequests[M]['result']> | EngineRequests[M]['result'];
};

export class Session {
  private readonly opened = new Map<string, Opened>();
  private active: string | null = null;
  sourceMap: SourceMap = {};

  readonly answers: Answers = {
    'ringside/begin': ({ profileId, info, symbols }) => {
      const recording = new Recording(info, symbols);
      return this.put(profileId, recording.profile, recording);
    },
    'ringside/end': async ({ profileId, end }) => {
      await this.recordingOf(profileId).end(end);
      return this.header(profileId);
    },
    'ringside/open': async ({ profileId, path: file }) =>
      this.put(profileId, openProfile(await readWhole(file), path.basename(file)), null),
    'ringside/resymbolize': async ({ profileId, symbols }) => {
      const entry = this.get(profileId);
      if (entry.recording) await entry.recording.resymbolize(symbols);
      return this.put(profileId, entry.recording?.profile ?? renameLocations(entry.views.profile, symbols), entry.recording);
    },
    'ringside/trustSymbols': async ({ profileId }) => {
      const { recording } = this.get(profileId);
      if (!recording) throw new Error('A capture keeps no more than it shows: choose the ELF file to name its addresses by');
      await recording.trustSymbols();
      return this.header(profileId);
    },
    'ringside/close': ({ profileId }) => {
      this.opened.get(profileId)?.recording?.close();
      this.opened.delete(profileId);
      return null;
    },
    'ringside/flame': ({ profileId, ...request }) => this.views(profileId).flame(request),
    'ringside/hotPaths': ({ profileId, ...request }) => this.views(profileId).hotPaths(request),
    'ringside/search': ({ profileId, ...request }) => this.views(profileId).search(request),
    'ringside/functions': ({ profileId, ...request }) => this.views(profileId).functions(request),
    'ringside/neighbours': ({ profileId, ...request }) => this.views(profileId).neighbours(request),
    'ringside/heatMap': ({ profileId, ...request }) => this.views(profileId).heatMap(request),
    'ringside/places': ({ profileId, filter, node }) => this.views(profileId).places(filter, node),
    'ringside/export': async ({ profileId, path: file, format, filter }) => {
      const pieces: Uint8Array[] = [];
      for await (const piece of exportProfile(this.views(profileId), filter, format)) pieces.push(Buffer.from(piece));
      const bytes = Buffer.concat(pieces);
      await writeWhole(file, bytes);
      return { bytes: bytes.length };
    },
    'ringside/compare': notYet,
    'ringside/diffFlame': notYet,
    'ringside/diffFunctions': notYet,
    'ringside/save': async ({ profileId, path: file }) => {
      const bytes = await writePprof(this.views(profileId).profile);
      await writeWhole(file, bytes);
      return { bytes: bytes.length };
    },
    'ringside/inspectElf': ({ path: file }) => inspectElf(file),
  };

  /** The next piece of a recording's photographs. */
  async photographs(profileId: string, data: string): Promise<void> {
    await this.recordingOf(profileId).push(Buffer.from(data, 'base64'));
  }

  status(profileId: string, status: Parameters<Recording['status']>[0]): void {
    this.opened.get(profileId)?.recording?.status(status);
  }

  activate(profileId: string | null): void {
    this.active = profileId;
  }

  hover(question: HoverQuestion): string | null {
    const entry = this.active !== null && this.opened.has(this.active) ? this.get(this.active) : undefined;
    return entry ? hoverText(entry.views, question, this.sourceMap) : null;
  }

  /** Holds a profile under an id, in the place of what it held before. */
  put(profileId: string, profile: Profile, recording: Recording | null = null): ProfileHeader {
    this.opened.set(profileId, { views: new ProfileViews(profile), recording });
    return this.header(profileId);
  }

  private get(profileId: string): Opened {
    const entry = this.opened.get(profileId);
    if (!entry) throw new Error('This profile is no longer open: open the capture again');
    const { recording } = entry;
    // the guest's text has told of other symbols or addresses: everything was unwound anew
    if (recording && recording.profile !== entry.views.profile) entry.views = new ProfileViews(recording.profile);
    return entry;
  }

  private views(profileId: string): ProfileViews {
    return this.get(profileId).views;
  }

  private recordingOf(profileId: string): Recording {
    const { recording } = this.get(profileId);
    if (!recording) throw new Error('This profile is a file, not a recording');
    return recording;
  }

  private header(profileId: string): ProfileHeader {
    return this.views(profileId).header();
  }
}
