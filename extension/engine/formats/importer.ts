/** What every importer is: one format, one file. */
import { LocationTable } from '../profile/locations.ts';
import { categoryOf } from '../profile/category.ts';
import { Profile, type ProfileFacts } from '../profile/profile.ts';

export interface ImportedFile {
  /** Base name, for titles and messages. */
  readonly name: string;
  /** Inflated where the file was gzipped. */
  readonly bytes: Uint8Array;
  /** The bytes as UTF-8, for the formats that are text. */
  readonly text: string;
}

/** The profile, or null where the file is of another format. @throws FormatError where it is of this format and broken; the message says where. */
export type Importer = (file: ImportedFile) => Profile | null;

/** Frames known by name alone. */
export interface NamedFrame {
  readonly name: string;
  readonly file?: string;
  readonly line?: number;
  readonly module?: string;
}

/** Builds a profile of frames that have names and no addresses. */
export class NamedProfile {
  readonly profile: Profile;
  private readonly table = new LocationTable();
  private next = 0;

  constructor(facts: Partial<ProfileFacts> & { title: string }) {
    this.profile = new Profile({ symbols: 'from the file', ...facts }, this.table);
  }

  location({ name, file = '', line = 0, module = '' }: NamedFrame): number {
    const category = categoryOf(name, file);
    const fn = this.table.internFunction({ name, linkageName: '', file, startLine: 0, module, category, unresolved: false });
    return this.table.named([{ fn, line }]);
  }

  /** @param stack location ids, root first */
  add(stack: readonly number[], weight: number, at: { timeNs?: number; vcpu?: number } = {}): void {
    this.profile.add({ timeNs: at.timeNs ?? this.next++, vcpu: at.vcpu ?? 0, state: 0, weight, stack });
  }
}
