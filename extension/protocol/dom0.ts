/** The border between dom0 and the extension host: hosts, guests, and what the agent says while it records. */

/** One entry of the `ringside.hosts` setting. */
export interface HostConfig {
  /** What the user calls the machine; unique among the hosts. */
  readonly name: string;
  /** What is given to `ssh` as the destination: `host`, `user@host`, `ssh://user@host:port` or a Host of the ssh configuration. */
  readonly destination: string;
  /** Run the agent through `sudo -n`, for users who do not log in as root. */
  readonly sudo?: boolean;
  /** Folders put before dom0's PATH, where the Xen tools live. */
  readonly path?: readonly string[];
}

export type GuestKind = 'pv' | 'pvh' | 'hvm' | 'unknown';

export type GuestState = 'running' | 'blocked' | 'paused' | 'shutdown' | 'crashed' | 'dying' | 'unknown';

/** A Xen domain as dom0 sees it. dom0 itself (domid 0) is never in a list of guests. */
export interface Guest {
  readonly domid: number;
  readonly name: string;
  readonly kind: GuestKind;
  readonly state: GuestState;
  readonly vcpus: number;
  readonly memoryMiB: number;
  /** CPU time since the guest was created, in seconds. */
  readonly cpuSeconds: number;
  /** Share of one CPU over the last moment (2 = two vCPUs busy), or null where it could not be measured. */
  readonly cpuShare: number | null;
  /** The kernel's path on dom0, from the guest's configuration; null where it has none (pygrub, firmware). */
  readonly kernel: string | null;
}

/** One line of the preflight: something a recording needs, and whether dom0 has it. */
export interface PreflightCheck {
  readonly name: string;
  readonly ok: boolean;
  /** What was found, such as a version, or what failed. */
  readonly detail: string;
  /** What a person can do about it. Present where ok is false. */
  readonly remedy?: string;
}

export interface Preflight {
  readonly checks: readonly PreflightCheck[];
  readonly xenVersion: string | null;
}

/** State of a vCPU read just before it was paused: 0 running, 1 runnable, 2 blocked. */
export type VcpuState = 0 | 1 | 2;

/** Distribution of the guest's pauses. All durations in ns of dom0's monotonic clock. */
export interface PauseStats {
  readonly count: number;
  readonly medianNs: number;
  readonly p99Ns: number;
  readonly maxNs: number;
  readonly totalNs: number;
  /**
   * Pauses by length, four buckets an octave: bucket i counts those from (4 + i % 4) * 2^(8 + floor(i / 4)) ns up to the next bucket's first, so
   * bucket 0 begins at 1024 ns (and holds what is shorter), 4 at 2048, 5 at 2560. Empty buckets at the end are left out. Absent in old captures.
   */
  readonly histogram?: readonly number[];
}

/** What a sample holds: registers and a copy of the stack, or the registers alone, for which the guest is not paused. */
export type SamplingMode = 'stacks' | 'addresses';

/** What the agent says of itself while it records, about four times a second, and once at the end. */
export interface RecordingStatus {
  readonly elapsedMs: number;
  /** Photographs taken, one a vCPU a tick. */
  readonly samples: number;
  /** Photographs that could not be taken or sent. */
  readonly lost: number;
  /** Ticks whose moment had passed before they could be served. */
  readonly missed: number;
  readonly pause: PauseStats;
  /** The rate in Hz that the pause budget (`ringside.maxPauseShare`) allows now. Absent where it allows what was asked for. */
  readonly cappedHz?: number;
}

export type RecordingEndReason = 'duration' | 'stopped' | 'guest-gone' | 'connection-lost' | 'failed';

export interface RecordingEnd {
  readonly reason: RecordingEndReason;
  readonly status: RecordingStatus;
  /** What happened and the next step, where the reason is neither duration nor stopped. */
  readonly message?: string;
}
