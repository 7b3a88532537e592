/** What is to be recorded. */
import type { Guest, HostConfig, SamplingMode } from '../../protocol.ts';

export interface Plan {
  readonly host: HostConfig;
  readonly guest: Guest;
  readonly rateHz: number;
  /** 0: until stopped. */
  readonly durationSeconds: number;
  readonly mode: SamplingMode;
  /** An ELF file the user chose for this guest. */
  readonly chosenElf: string | null;
}

/** A plan in the workspace's memory: the guest by name, because it has another domain id after a restart. */
export interface RememberedPlan {
  readonly host: string;
  readonly guest: string;
  readonly rateHz: number;
  readonly durationSeconds: number;
  /** Absent where an older version wrote it. */
  readonly mode?: SamplingMode;
  readonly chosenElf: string | null;
}

export function remembered({ host, guest, rateHz, durationSeconds, mode, chosenElf }: Plan): RememberedPlan {
  return { host: host.name, guest: guest.name, rateHz, durationSeconds, mode, chosenElf };
}
