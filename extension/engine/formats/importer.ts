/** What every importer is: one format, one file. */
import { LocationTable, unresolvedFunction } from '../profile/locations.ts';
import { categoryOf } from '../profile/category.ts';
import { Profile, type ProfileFacts } from '../profile/profile.ts';
import type { ImportedFile } from './importedFile.ts';

export type { ImportedFile };

/** How far an import is: the profile so far, and the share of the file that is in it, 0 to 1. */
export interface Step {
  /** null while there is nothing to show. */
  readonly profile: Profile | null;
  readonly done: number;
  /** There is nothing to do until there are more bytes of the file. */
  readonly waits?: boolean;
}

/** A file whose bytes may still be coming in. */
export interface Incoming {
  /** Base name, for titles and messages. */
  readonly name: string;
  /** From the file's start on, as far as they are there. */
  readonly bytes: Uint8Array;
  readonly isWhole: boolean;
  /** What there will be, as far as that can be told. */
  readonly expectedBytes: number;
}

/** An import in steps of a few milliseconds, so that it can be shown, and stopped, on the way. Ends with the profile. */
export type Steps = Generator<Step, Profile, undefined>;

/**
 * null where the file is of another format. @throws FormatError (or the steps do) where it is of this format and broken; the message says where.
 */
export type Importer = (file: ImportedFile) => Steps | null;

/** Frames known by name alone. */
export interface NamedFrame {
  readonly name: string;
  readonly file?: string;
  readonly line?: number;
  readonly module?: string;
}

/** Threads of a file by name. */
export class Threads {
  private readonly ids = new Map<string, number>();
  private readonly profile: Profile;

  constructor(profile: Profile) {
    this.profile = profile;
  }

  idOf(name: string): number {
    let id = this.ids.get(name);
    if (id === undefined) {
      this.ids.set(name, (id = this.ids.size + 1));
      this.profile.facts.threads.push({ id, name });
    }
    return id;
  }
}

/** Builds a profile of frames that have names. */
export class NamedProfile {
  readonly profile: Profile;
  readonly threads: Threads;
  private readonly table = new LocationTable();
  private readonly known = new Map<string, number>();

  constructor(facts: Partial<ProfileFacts> & { title: string }) {
    this.profile = new Profile({ symbols: 'from the file', ...facts }, this.table);
    this.threads = new Threads(this.profile);
  }

  location({ name, file = '', line = 0, module = '' }: NamedFrame): number {
    const key = `${name}\0${file}\0${line}\0${module}`;
    let id = this.known.get(key);
    if (id === undefined) {
      const category = categoryOf(name, file, module);
      const fn = this.table.internFunction({ name, linkageName: '', file, startLine: 0, module, category, unresolved: false });
      this.known.set(key, (id = this.table.named([{ fn, line }])));
    }
    return id;
  }

  /** A frame that the file gives no name: symbols chosen later can name it. */
  address(address: bigint, module: string): number {
    return this.table.atAddress(address, () => [{ fn: this.table.internFunction(unresolvedFunction(address, module)), line: 0 }]);
  }

  /** @param stack location ids, root first */
  add(stack: readonly number[], weight: number, at: { timeNs?: number; vcpu?: number; thread?: number } = {}): void {
    const { timeNs = 0, vcpu = 0, thread = 0 } = at;
    this.profile.add({ timeNs, vcpu: Math.min(vcpu, 0xffff), state: 0, thread, weight, stack });
  }
}
