/**
 * Every message between Ringside's processes. Types only; imports nothing.
 *
 *   dom0 agent  --photograph stream-->  extension host  --EngineRequests-->  engine (language server)
 *   webview  <--ToView / FromView-->  extension host
 *
 * Addresses cross process borders as lower-case hexadecimal strings with a leading `0x`, because JSON has no 64-bit integers.
 */

// ---------------------------------------------------------------------------------------------------------------- dom0

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
}

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
}

export type RecordingEndReason = 'duration' | 'stopped' | 'guest-gone' | 'connection-lost' | 'failed';

export interface RecordingEnd {
  readonly reason: RecordingEndReason;
  readonly status: RecordingStatus;
  /** What happened and the next step, where the reason is neither duration nor stopped. */
  readonly message?: string;
}

// -------------------------------------------------------------------------------------------------------------- engine

/** What a capture knows of its own taking. Kept in the pprof file as comments. */
export interface CaptureInfo {
  readonly guest: string;
  readonly host: string;
  readonly kind: GuestKind;
  readonly vcpus: number;
  readonly rateHz: number;
  readonly xenVersion: string | null;
  /** Wall-clock start, ISO 8601. */
  readonly startedAt: string;
}

/** Where the symbols of a capture come from: a local ELF file, or the reason why there is none. */
export type SymbolSource =
  | { readonly kind: 'elf'; readonly path: string; readonly origin: 'setting' | 'dom0' | 'chosen' }
  | { readonly kind: 'none'; readonly reason: string };

/** The header of the view (UX.md 8). */
export interface ProfileHeader {
  readonly title: string;
  readonly info: CaptureInfo | null;
  readonly symbols: string;
  /** Anything the reader must know before trusting the numbers: no symbols, connection lost, a truncated file. */
  readonly warnings: readonly string[];
  readonly recording: boolean;
  readonly durationMs: number;
  readonly samples: number;
  readonly onCpuSamples: number;
  readonly lost: number;
  /** Samples whose leaf has no name. */
  readonly unresolved: number;
  readonly pause: PauseStats | null;
  /** Unit of self and total: `samples`, or what a foreign pprof file counts, such as `nanoseconds`. */
  readonly unit: string;
  readonly vcpuIds: readonly number[];
}

/** Colour classes of a frame, with a legend in the view. */
export type FrameCategory = 'application' | 'kernel' | 'library' | 'hypervisor' | 'unresolved' | 'root';

/** What part of a profile a view asks for. */
export interface ViewFilter {
  /** `all`, or only samples taken while the vCPU was running or runnable, or only blocked ones. */
  readonly states: 'all' | 'on-cpu' | 'blocked';
  /** null: every vCPU. */
  readonly vcpu: number | null;
}

export interface FlameRequest {
  readonly profileId: string;
  readonly filter: ViewFilter;
  /** Node that fills the width; 0 is the root. */
  readonly rootNode: number;
  /** Width of the drawing in CSS pixels: nothing narrower than one is sent. */
  readonly widthPx: number;
}

/**
 * A flame graph cut to what a screen can show: parallel columns, one row a node, the root first, parents before children, siblings in drawing order.
 * Nodes above `rootNode` (its ancestors) come first, each with the full width.
 */
export interface FlameTable {
  readonly rootNode: number;
  /** Weight of the whole profile under the filter. */
  readonly grandTotal: number;
  /** Ids that stay the same while a profile grows. */
  readonly node: readonly number[];
  /** Row index of the parent; -1 for the first row. */
  readonly parent: readonly number[];
  readonly self: readonly number[];
  readonly total: readonly number[];
  /** Index into `frames`. */
  readonly frame: readonly number[];
  readonly frames: readonly FrameInfo[];
  /** Nodes left out because they are narrower than a pixel. */
  readonly pruned: number;
}

export interface FrameInfo {
  readonly name: string;
  /** Mangled name, where it differs. */
  readonly linkageName?: string;
  readonly module: string;
  readonly category: FrameCategory;
  /** The compiler put the body into its caller; there is no call. */
  readonly inlined?: boolean;
  /** No symbol covers the address: the name is the address itself. */
  readonly unresolved?: boolean;
  /** The unwinder could not prove the step to this frame's caller: the stack towards the root is missing. */
  readonly truncated?: boolean;
  /** File as the debug information names it. */
  readonly file?: string;
  /** 1-based line where the time is spent in this frame (for callers: the call site). */
  readonly line?: number;
  /** Lowest address sampled in this frame. */
  readonly address?: string;
}

export interface HotPathRequest {
  readonly profileId: string;
  readonly filter: ViewFilter;
  readonly limit: number;
}

/** One of the heaviest chains, root to leaf. */
export interface HotPath {
  /** Weight of the chain's last node: samples that end in it or that it leads to. */
  readonly weight: number;
  readonly steps: readonly HotPathStep[];
}

export interface HotPathStep {
  readonly node: number;
  readonly frame: FrameInfo;
  readonly self: number;
  readonly total: number;
}

export interface FlameReply {
  readonly header: ProfileHeader;
  readonly table: FlameTable;
}
export interface HotPathReply {
  readonly grandTotal: number;
  readonly paths: readonly HotPath[];
}

export interface SourcePlace {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
}

/** Custom requests of the language server, by method name: what is asked and what is answered. */
export interface EngineRequests {
  /** Begin an empty profile that `ringside/photographs` will fill. */
  'ringside/begin': { params: { profileId: string; info: CaptureInfo; symbols: SymbolSource }; result: ProfileHeader };
  /** End a recording: the profile stays open, its header is final. */
  'ringside/end': { params: { profileId: string; end: RecordingEnd }; result: ProfileHeader };
  /** Open a capture or any file an importer knows. */
  'ringside/open': { params: { profileId: string; path: string }; result: ProfileHeader };
  /** Look at a profile's symbols again with another source. */
  'ringside/resymbolize': { params: { profileId: string; symbols: SymbolSource }; result: ProfileHeader };
  'ringside/close': { params: { profileId: string }; result: null };
  'ringside/flame': { params: FlameRequest; result: FlameReply };
  'ringside/hotPaths': { params: HotPathRequest; result: HotPathReply };
  /** The lines a node's frame stands for: where its time is, and where it was called. */
  'ringside/places': {
    params: { profileId: string; node: number };
    result: { frame: FrameInfo; hottest: SourcePlace | null; callSite: SourcePlace | null };
  };
  /** Write the capture as a gzipped profile.proto. */
  'ringside/save': { params: { profileId: string; path: string }; result: { bytes: number } };
  /** Whether a file can serve as symbols, and what it holds. Fails with a typed message where it cannot be read. */
  'ringside/inspectElf': { params: { path: string }; result: { functions: number; hasLines: boolean; machine: string } };
}

/** Notifications to the engine. */
export interface EngineNotifications {
  /** Bytes of the agent's photograph stream (see dom0/agent), in order, base64. */
  'ringside/photographs': { profileId: string; data: string };
  'ringside/status': { profileId: string; status: RecordingStatus };
  /** Which profile the language features answer from; null: none. */
  'ringside/activeProfile': { profileId: string | null };
  /** The `ringside.sourceMap` setting: path prefix as built, to absolute local folder. Also given at start, as `initializationOptions.sourceMap`. */
  'ringside/sourceMap': { sourceMap: Readonly<Record<string, string>> };
}

// ------------------------------------------------------------------------------------------------------------- webview

/** What a view keeps over hiding, reload and restart (webview state). */
export interface ViewState {
  readonly tab: 'flame' | 'hotPaths';
  readonly filter: ViewFilter;
  readonly rootNode: number;
  readonly selectedNode: number | null;
  /** Root at the bottom instead of at the top. */
  readonly flipped: boolean;
  readonly search: string;
  readonly searchCase?: boolean;
  readonly searchRegex?: boolean;
  /** Last node of each hot path that is open. */
  readonly openPaths?: readonly number[];
}

export type ToView =
  /**
   * The answer to `flame`, and again by itself while a recording grows. `serial` repeats that of the newest request it answers: a view
   * passes over answers to questions it no longer asks.
   */
  | { readonly type: 'flame'; readonly reply: FlameReply; readonly serial?: number }
  | { readonly type: 'hotPaths'; readonly reply: HotPathReply; readonly serial?: number }
  /** Progress of the recording this view shows. */
  | { readonly type: 'status'; readonly status: RecordingStatus }
  | { readonly type: 'recordingEnded'; readonly end: RecordingEnd }
  /** Something the user asked of the view failed. */
  | { readonly type: 'error'; readonly message: string };

export type FromView =
  /** The page has loaded and listens. */
  | { readonly type: 'ready' }
  | { readonly type: 'flame'; readonly filter: ViewFilter; readonly rootNode: number; readonly widthPx: number; readonly serial?: number }
  | { readonly type: 'hotPaths'; readonly filter: ViewFilter; readonly serial?: number }
  /** Open a frame's source; `callSite` opens the line in its caller. */
  | { readonly type: 'openSource'; readonly node: number; readonly where: 'hottest' | 'callSite'; readonly aside: boolean }
  | { readonly type: 'copy'; readonly text: string }
  | { readonly type: 'command'; readonly command: 'stop' | 'cancel' | 'again' | 'save' | 'chooseSymbols' | 'showLog' };
