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
  /** Absent in old captures: stacks. */
  readonly mode?: SamplingMode;
  /** What a reader must know of how it was taken. */
  readonly note?: string;
}

/** Where the symbols of a capture come from: a local ELF file, or the reason why there is none. */
export type SymbolSource =
  | { readonly kind: 'elf'; readonly path: string; readonly origin: 'setting' | 'dom0' | 'chosen' }
  | { readonly kind: 'none'; readonly reason: string };

/** Whether the symbols are the guest's: what the comparison of its text, as sampled, with the ELF file says. */
export interface SymbolProof {
  /** `unchecked`: nothing could be compared. On a mismatch names are withheld and addresses shown. */
  readonly verdict: 'proved' | 'mismatch' | 'unchecked';
  /** How much was compared and what came of it, in words. */
  readonly detail: string;
  /** Where the guest's code lies, less where the ELF file has it: `0x100000`, `-0x1000`. Absent where they are the same. */
  readonly slide?: string;
  /** The user insists on the names in spite of a mismatch. */
  readonly trusted?: boolean;
}

/** The header of the view (UX.md 8). */
export interface ProfileHeader {
  readonly title: string;
  readonly info: CaptureInfo | null;
  readonly symbols: string;
  /** null where there is no ELF file, or where the profile is another tool's. */
  readonly proof: SymbolProof | null;
  /** Anything the reader must know before trusting the numbers: no symbols, connection lost, a truncated file. */
  readonly warnings: readonly string[];
  readonly recording: boolean;
  readonly durationMs: number;
  readonly samples: number;
  readonly onCpuSamples: number;
  readonly lost: number;
  /** Moments of sampling that had passed before they could be served. */
  readonly missed: number;
  /** The lowest rate in Hz that the pause budget allowed; absent where it never held the rate down. */
  readonly cappedHz?: number;
  /** Samples whose leaf has no name. */
  readonly unresolved: number;
  readonly pause: PauseStats | null;
  /** Unit of self and total: `samples`, or what a foreign pprof file counts, such as `nanoseconds`. */
  readonly unit: string;
  readonly vcpuIds: readonly number[];
  /** Guest threads that samples were told apart by; empty where none are known. */
  readonly threads: readonly GuestThread[];
  /** Modules that frames belong to, heaviest first. */
  readonly modules: readonly string[];
  /** Whether samples carry a time: without it there is no heat map and no time range. */
  readonly hasTimes: boolean;
  /** How much of a file has been read, 0 to 1; absent once it is whole. Answers meanwhile are of what has been read. */
  readonly loading?: number;
}

/** A thread of the guest's own scheduler, or of a foreign file. */
export interface GuestThread {
  /** What `ViewFilter.thread` names it by; never 0. */
  readonly id: number;
  readonly name: string;
}

/** Colour classes of a frame, with a legend in the view. */
export type FrameCategory = 'application' | 'kernel' | 'library' | 'hypervisor' | 'unresolved' | 'root';

/**
 * What part of a profile a view asks for, and in what shape: the one filter that every request takes. The first half picks samples, the second
 * half reshapes their stacks. What is absent is off. Function ids are `FrameInfo.fn`; those that a profile does not have are passed over.
 *
 * Node ids belong to the shape (the second half), whatever samples are picked: they stay while a profile grows and while samples are filtered.
 * `carry` in a request takes nodes over from one shape to another.
 */
export interface ViewFilter {
  /** `all`, or only samples taken while the vCPU was running or runnable, or only blocked ones. */
  readonly states: 'all' | 'on-cpu' | 'blocked';
  /** null: every vCPU. */
  readonly vcpu: number | null;
  /** Guest thread, by `ProfileHeader.threads`; null: every one. */
  readonly thread?: number | null;
  /** Samples taken in [from, to), ms since the start. */
  readonly timeMs?: readonly [from: number, to: number] | null;
  /** Leaves out blocked vCPUs (unless `states` is `blocked`), and stacks that end in an idle loop. */
  readonly hideIdle?: boolean;

  /** Frames of libraries give their time to their callers. */
  readonly hideLibrary?: boolean;
  /** The same for the frames of modules. */
  readonly hiddenModules?: readonly string[];
  /** The same for functions. */
  readonly hiddenFunctions?: readonly number[];
  /** A function that is already on the stack goes back to its first frame: `a b c b d` becomes `a b d`. */
  readonly collapseRecursion?: boolean;
  /** Only what runs inside of this function: stacks begin at its outermost frame, and stacks without it are left out. */
  readonly focus?: number | null;
  /** The tree of a function's callers: it stands below the root, its callers below it. Goes before `inverted`. */
  readonly callersOf?: number | null;
  /** Bottom up: leaves below the root, their callers below them. `self` is the weight of samples whose whole stack ends here. */
  readonly inverted?: boolean;
}

export interface SearchQuery {
  /** Matches in function names. Never empty. */
  readonly text: string;
  readonly matchCase: boolean;
  readonly regex: boolean;
}

/** What a search finds in the whole of the (zoomed) graph, in what is too narrow to be drawn as well. */
export interface SearchResult {
  /** Matching frames (nodes of the tree, not only those drawn). */
  readonly frames: number;
  /** Different functions among them. */
  readonly functions: number;
  /** Weight of the samples with a match in their stack; each counts once. Its base is the total of the zoomed frame. */
  readonly weight: number;
  /** Weight of matching samples in each node that was asked about, or each row of the table: a row with less than its total holds matches further in. */
  readonly matched: readonly number[];
  /** Matching nodes to step to, drawn or not, in drawing order; the heaviest where there are more than 500. */
  readonly steps: readonly number[];
  /** Why the pattern cannot be used, in words; everything else is then empty. */
  readonly error?: string;
}

/** Nodes of another shape, to be found again in the one asked for. */
export interface CarryRequest {
  readonly from: ViewFilter;
  readonly nodes: readonly number[];
}

export interface FlameRequest {
  readonly profileId: string;
  readonly filter: ViewFilter;
  /** Node that fills the width; 0 is the root. */
  readonly rootNode: number;
  /** Width of the drawing in CSS pixels: nothing narrower than one is sent. */
  readonly widthPx: number;
  /** Answered in the same go, so that graph and matches are of one moment. */
  readonly search?: SearchQuery | null;
  /** Nodes of the shape shown before. With it, `rootNode`, too, is of that shape. */
  readonly carry?: CarryRequest;
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

/**
 * How the unwinder came to a frame, the surest first: it is where the processor was; by call frame information; by Xen's stubs in the hypercall page; by
 * the instructions of the function it called; found on the stack, and proved by what its call calls; by frame pointers alone, which nothing proves.
 */
export type FrameEvidence = 'registers' | 'cfi' | 'hypercall-page' | 'instructions' | 'scanned' | 'frame-pointer';

export interface FrameInfo {
  /** The function, the same in every view and shape and while a profile grows; -1 for the root. New symbols make new ids. */
  readonly fn: number;
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
  /** The least sure way in which any frame of this function was found. Absent where the profile is another tool's. */
  readonly evidence?: FrameEvidence;
  /** File as the debug information names it. */
  readonly file?: string;
  /** 1-based line where the time is spent in this frame (for callers: the call site). */
  readonly line?: number;
  /** Lowest address sampled in this frame. */
  readonly address?: string;
}

export interface HotPathRequest {
  readonly profileId: string;
  /** `callersOf` and `inverted` do not apply: a path leads from the root to the leaf, and its nodes are of the shape without the two. */
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
  /** Present where the request searched; `matched` goes with the table's rows. */
  readonly search?: SearchResult;
  /** What became of the carried nodes: null where the shape has nothing like one. Present where the request carried. */
  readonly carried?: readonly (number | null)[];
}
export interface HotPathReply {
  readonly grandTotal: number;
  readonly paths: readonly HotPath[];
}

/** Functions as a table of parallel columns. */
export interface FunctionColumns {
  readonly frames: readonly FrameInfo[];
  readonly self: readonly number[];
  /** Weight of samples with the function anywhere on the stack; recursion counts once. */
  readonly total: readonly number[];
}

export type FunctionOrder = 'self' | 'total' | 'name' | 'module' | 'file';

export interface FunctionsRequest {
  readonly profileId: string;
  /** `callersOf` and `inverted` do not apply. */
  readonly filter: ViewFilter;
  readonly order: FunctionOrder;
  readonly descending: boolean;
  /** Only functions that match. */
  readonly search?: SearchQuery | null;
  /** Rows wanted: a virtualised table asks for what it shows. */
  readonly offset: number;
  readonly limit: number;
  /** Its row is told in `index`, so that a selection can be scrolled to. */
  readonly find?: number | null;
}

export interface FunctionsReply {
  readonly grandTotal: number;
  /** Rows of the whole table. */
  readonly count: number;
  /** First row in `rows`. */
  readonly offset: number;
  readonly rows: FunctionColumns;
  /** Row of the function in `find`; null where the table does not have it. */
  readonly index: number | null;
  /** Why the pattern cannot be used; every function is then in the table. */
  readonly error?: string;
}

export interface NeighboursRequest {
  readonly profileId: string;
  /** `callersOf` and `inverted` do not apply. */
  readonly filter: ViewFilter;
  readonly fn: number;
  /** Callers and callees at most, heaviest first. */
  readonly limit: number;
}

/** A function between those that call it and those it calls. */
export interface NeighboursReply {
  readonly grandTotal: number;
  /** null where the function has no weight under the filter. */
  readonly frame: FrameInfo | null;
  readonly self: number;
  readonly total: number;
  /** `total`: weight of samples in which the caller calls the function; `self`: of those that end in the function. */
  readonly callers: FunctionColumns;
  /** `total`: weight of samples in which the function calls the callee; `self`: of those that end in the callee. */
  readonly callees: FunctionColumns;
}

export interface HeatMapRequest {
  readonly profileId: string;
  /** `timeMs` does not apply. */
  readonly filter: ViewFilter;
  /** Columns at most, such as the pixels there are. */
  readonly maxColumns: number;
  /** Slices of a column. */
  readonly rows: number;
}

/** When samples were taken, in FlameScope's manner: a column a second (longer in long recordings, shorter below ten seconds), a row a slice of it. */
export interface HeatMap {
  readonly columnMs: number;
  readonly columns: number;
  readonly rows: number;
  /** Weight of cell (column, row) at column * rows + row; row 0 is the beginning of the column's time. */
  readonly weights: readonly number[];
  readonly max: number;
  /** Samples' own end: the last column may be cut. */
  readonly endMs: number;
}

/** A differential graph's rows, as in FlameTable; the first profile is the base ("before"), the second the other ("after"). Weights are shares of each profile's own total (0 to 1). */
export interface DiffTable {
  readonly rootNode: number;
  readonly node: readonly number[];
  readonly parent: readonly number[];
  readonly baseSelf: readonly number[];
  readonly baseTotal: readonly number[];
  readonly otherSelf: readonly number[];
  readonly otherTotal: readonly number[];
  readonly frame: readonly number[];
  readonly frames: readonly FrameInfo[];
  readonly pruned: number;
}

/** What a row's width stands for: the share before, the share after, or the mean of the two, in which nothing that vanished or came anew is lost. */
export type DiffWidth = 'base' | 'other' | 'both';

export interface DiffFlameRequest extends FlameRequest {
  readonly width: DiffWidth;
}

export interface DiffFlameReply {
  readonly base: ProfileHeader;
  readonly other: ProfileHeader;
  /** Weight of each under the filter, in samples (or the profile's unit): what the shares are of. */
  readonly baseGrandTotal: number;
  readonly otherGrandTotal: number;
  readonly table: DiffTable;
  /** Weights are in the unit of the width that was asked for. */
  readonly search?: SearchResult;
  readonly carried?: readonly (number | null)[];
}

export interface DiffFunctionsRequest extends Omit<FunctionsRequest, 'order'> {
  /** `selfChange` and `totalChange`: other minus base; descending, what became more is first. `change`: by the size of the total's change, either way. */
  readonly order: FunctionOrder | 'selfChange' | 'totalChange' | 'change';
}

/** Functions of a comparison as a table of parallel columns: shares of each profile's own total, 0 to 1. */
export interface DiffColumns {
  readonly frames: readonly FrameInfo[];
  readonly baseSelf: readonly number[];
  readonly baseTotal: readonly number[];
  readonly otherSelf: readonly number[];
  readonly otherTotal: readonly number[];
}

export interface DiffFunctionsReply extends Omit<FunctionsReply, 'rows' | 'grandTotal'> {
  readonly baseGrandTotal: number;
  readonly otherGrandTotal: number;
  readonly rows: DiffColumns;
}

/** A function between its callers and its callees, before and after; what changed most is first. Totals as in NeighboursReply. */
export interface DiffNeighboursReply {
  /** null where the function has no weight in either. */
  readonly frame: FrameInfo | null;
  readonly callers: DiffColumns;
  readonly callees: DiffColumns;
}

/** `svg` and `html` are flame graphs in one file that opens in any browser. */
export type ExportFormat = 'pprof' | 'folded' | 'speedscope' | 'svg' | 'html';

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
  /**
   * Open a capture or any file an importer knows. Pending until the file is whole; `ringside/opening` tells how far it is, views are answered
   * meanwhile from what has been read, and cancelling the request closes the profile. `symbols` name the addresses of files that hold no
   * names (raw xenctx and uniprof output).
   */
  'ringside/open': { params: { profileId: string; path: string; symbols?: SymbolSource }; result: ProfileHeader };
  /** Look at a profile's symbols again with another source. */
  'ringside/resymbolize': { params: { profileId: string; symbols: SymbolSource }; result: ProfileHeader };
  /** Show a recording's names although the guest's text is not the symbols'. */
  'ringside/trustSymbols': { params: { profileId: string }; result: ProfileHeader };
  'ringside/close': { params: { profileId: string }; result: null };
  'ringside/flame': { params: FlameRequest; result: FlameReply };
  'ringside/hotPaths': { params: HotPathRequest; result: HotPathReply };
  /** What a search finds, and how much of it in each of these nodes (of the table that is shown). */
  'ringside/search': {
    params: { profileId: string; filter: ViewFilter; rootNode: number; widthPx: number; search: SearchQuery; nodes: readonly number[] };
    result: SearchResult;
  };
  'ringside/functions': { params: FunctionsRequest; result: FunctionsReply };
  'ringside/neighbours': { params: NeighboursRequest; result: NeighboursReply };
  'ringside/heatMap': { params: HeatMapRequest; result: HeatMap };
  /** The lines a node's frame stands for: where its time is, and where it was called. */
  'ringside/places': {
    params: { profileId: string; filter: ViewFilter; node: number };
    result: { frame: FrameInfo; hottest: SourcePlace | null; callSite: SourcePlace | null };
  };
  /** Write the capture as a gzipped profile.proto. */
  'ringside/save': { params: { profileId: string; path: string }; result: { bytes: number } };
  /** Write what a view shows, its filter applied (pprof, too; `ringside/save` keeps the whole). A comparison is written as svg or html. */
  'ringside/export': { params: { profileId: string; path: string; format: ExportFormat; filter: ViewFilter }; result: { bytes: number } };
  /**
   * Hold two open profiles against each other. The comparison has an id and function ids of its own, follows a profile that grows, and is
   * closed like one, or with either of the two. It answers the diff requests and ringside/export.
   */
  'ringside/compare': {
    params: { comparisonId: string; baseId: string; otherId: string };
    result: { base: ProfileHeader; other: ProfileHeader };
  };
  /** `profileId` names a comparison. */
  'ringside/diffFlame': { params: DiffFlameRequest; result: DiffFlameReply };
  'ringside/diffFunctions': { params: DiffFunctionsRequest; result: DiffFunctionsReply };
  'ringside/diffNeighbours': { params: NeighboursRequest; result: DiffNeighboursReply };
  /** Lines of a local source file; null where no open profile knows it. */
  'ringside/lineHeat': { params: { path: string }; result: LineHeat | null };
  /** Lines of any file that cost most, of the active profile under its view's filter; null where no profile is active. */
  'ringside/hotLines': { params: { limit: number; by: 'self' | 'total' }; result: HotLines | null };
  /** The function at a place of a local source, or a function of the active profile, under its view's filter; null where it has no samples. */
  'ringside/around': { params: SourceQuestion | { fn: number }; result: Around | null };
  /** The heaviest chain from the root to a leaf, through a frame or a function where one is named. The filter is not turned round. */
  'ringside/walk': { params: { profileId: string; filter: ViewFilter; through: { node: number } | { fn: number } | null }; result: Walk };
  /** The ELF file that named a profile's addresses, where it is on this machine; else null. */
  'ringside/symbolFile': { params: { profileId: string }; result: string | null };
  /**
   * The disassembly of a function with what its instructions cost under a filter. `symbolFile`: the ELF file that holds the code; `objdump`: the program.
   * Rejects with what is missing.
   */
  'ringside/assembly': {
    params: { profileId: string; filter: ViewFilter; fn: number; symbolFile: string; objdump: string };
    result: Assembly;
  };
  /** Paths as built that have the name of a local file and may be it, or another of that name; empty where it is certain. */
  'ringside/namesakes': { params: { path: string }; result: readonly string[] };
  /** What a local source file costs as a whole; null where the active profile knows nothing of it. */
  'ringside/fileHeat': { params: { path: string }; result: FileHeat | null };
  /** Whether a file can serve as symbols, and what it holds. Fails with a typed message where it cannot be read. */
  'ringside/inspectElf': { params: { path: string }; result: { functions: number; hasLines: boolean; machine: string } };
}

/** Requests of the engine to the host, by method name. */
export interface HostRequests {
  /**
   * Which of these paths as built a local file stands for: only the host knows the workspace's other files, and what a person has said. The answer holds
   * until the next `ringside/sourceMap`.
   */
  'ringside/locate': { params: { path: string; built: readonly string[] }; result: readonly string[] };
}

/** What the ends of source lines tell of their cost. */
export type LineHeatMode = 'total' | 'self' | 'off';

/** Cost of a source file's lines in the open profile, under the filter that its view shows: parallel columns, by line. */
export interface LineHeat {
  /** Weight of everything under the filter. */
  readonly grandTotal: number;
  /** When the profile was begun, ISO 8601; null: not known. A file that was written later may have other lines. */
  readonly startedAt: string | null;
  /** 1-based, ascending. */
  readonly line: readonly number[];
  readonly self: readonly number[];
  readonly total: readonly number[];
}

/** A place in a local source file. */
export interface SourceQuestion {
  readonly path: string;
  /** 1-based. */
  readonly line: number;
  /** Identifier at the cursor; empty where there is none. */
  readonly word: string;
}

/** A caller or a callee, and the line to stand on: the call in the caller, or where the callee's time is. */
export interface SourceNeighbour {
  readonly frame: FrameInfo;
  /** Weight of the samples in which the one calls the other. */
  readonly total: number;
  readonly place: SourcePlace | null;
}

/** A function between its callers and its callees, heaviest first. */
export interface Around {
  readonly grandTotal: number;
  readonly frame: FrameInfo;
  /** Its heaviest frame, in the view's shape and not turned round. */
  readonly node: number;
  readonly self: number;
  readonly total: number;
  /** The line where most of its time is. */
  readonly hottest: SourcePlace | null;
  readonly callers: readonly SourceNeighbour[];
  readonly callees: readonly SourceNeighbour[];
}

/** One frame of the hot path, and the line to stand on: the call of the next frame; of the last, where its time is. */
export interface WalkStep {
  readonly node: number;
  readonly frame: FrameInfo;
  readonly self: number;
  readonly total: number;
  readonly place: SourcePlace | null;
}

export interface Walk {
  readonly grandTotal: number;
  /** From the root's callee to the leaf. */
  readonly steps: readonly WalkStep[];
}

/** A function's code as it lies in the guest, with what each instruction costs. */
export interface Assembly {
  readonly name: string;
  readonly symbolFile: string;
  readonly grandTotal: number;
  readonly unit: string;
  /** Added to the file's addresses: `0x0` where the guest has its code where the file has it. */
  readonly slide: string;
  /** Ranges of code, the heaviest first: more than one where it is in pieces, or where an inlined body was put into several functions. */
  readonly parts: readonly AssemblyPart[];
  /** Ranges that are not told. */
  readonly partsLeftOut: number;
}

/** Instructions of one function of the file, in parallel columns. */
export interface AssemblyPart {
  /** The function that the code belongs to. */
  readonly name: string;
  /** In the guest. */
  readonly address: readonly string[];
  readonly text: readonly string[];
  /** Weight of samples that were at the instruction. */
  readonly self: readonly number[];
  /** Weight of samples that were at it, or in what it called. */
  readonly total: readonly number[];
  /** Index in `chains`. */
  readonly chain: readonly number[];
  /** Where instructions are in the source: the line, then the lines at which its function was inlined, outwards. Empty where that is not known. */
  readonly chains: readonly (readonly { readonly name: string; readonly file?: string; readonly line?: number }[])[];
  /** The function goes on: it is longer than what is shown. */
  readonly cutOff: boolean;
}

/** Lines by their cost, the most first: parallel columns. */
export interface HotLines {
  readonly grandTotal: number;
  readonly place: readonly SourcePlace[];
  /** The function that most of the line's time is spent in. */
  readonly name: readonly string[];
  readonly self: readonly number[];
  readonly total: readonly number[];
}

/** Cost of a file: samples that end in one of its lines, and samples with any of its lines on the stack. */
export interface FileHeat {
  readonly grandTotal: number;
  readonly self: number;
  readonly total: number;
}

/** Notifications to the engine. */
export interface EngineNotifications {
  /** Bytes of the agent's photograph stream (see dom0/agent), in order, base64. */
  'ringside/photographs': { profileId: string; data: string };
  'ringside/status': { profileId: string; status: RecordingStatus };
  /** What inlay hints tell. Also given at start, as `initializationOptions.lineHeat`. */
  'ringside/lineHeatMode': { mode: LineHeatMode };
  /** Which profile the language features answer from; null: none. */
  'ringside/activeProfile': { profileId: string | null };
  /**
   * The `ringside.debugFileDirectories` setting: absolute local folders, for ELF files opened from now on. Also given at start, in
   * `initializationOptions`, with `symbolsFolder`: where answers about ELF files are kept from one session to the next.
   */
  'ringside/debugFileDirectories': { debugFileDirectories: readonly string[] };
  /**
   * The `ringside.sourceMap` setting: path prefix as built, to absolute local folder. Also given at start, as `initializationOptions.sourceMap`, and again
   * whenever local files may stand for others than before.
   */
  'ringside/sourceMap': { sourceMap: Readonly<Record<string, string>> };
}

/** Notifications from the engine. */
export interface EngineEvents {
  /** Lines of the open profile's sources cost something else than before, or nothing any more. */
  'ringside/heatChanged': Record<string, never>;
  /** How far a `ringside/open` is, a few times a second. `canShow`: views are answered, from what has been read. */
  'ringside/opening': { profileId: string; stage: 'reading' | 'unpacking' | 'parsing'; done: number; total: number; canShow: boolean };
}

// ------------------------------------------------------------------------------------------------------------- webview

/** Views of one profile; a comparison has the first two. */
export type ViewTab = 'flame' | 'functions' | 'hotPaths';

/** What a view keeps over hiding, reload and restart (webview state). */
export interface ViewState {
  readonly tab: ViewTab;
  readonly filter: ViewFilter;
  readonly rootNode: number;
  readonly selectedNode: number | null;
  /** Function that is selected in every view: the selected node's, or one chosen in the table. */
  readonly selectedFunction: number | null;
  /** Root at the bottom instead of at the top. */
  readonly flipped: boolean;
  /** The time heat map stands above the views. */
  readonly heatMap: boolean;
  readonly search: string;
  readonly searchCase?: boolean;
  readonly searchRegex?: boolean;
  /** Last node of each hot path that is open. */
  readonly openPaths?: readonly number[];
  /** Names of the functions that the filter speaks of, by id: what is applied can be told before anything is answered. */
  readonly names?: Readonly<Record<number, string>>;
  readonly order?: DiffFunctionsRequest['order'];
  readonly descending?: boolean;
  readonly width?: DiffWidth;
}

export type ToView =
  /** Answers. `serial` repeats the question's: a view passes over answers to questions it no longer asks. */
  | { readonly type: 'flame'; readonly reply: FlameReply; readonly serial: number }
  | { readonly type: 'diffFlame'; readonly reply: DiffFlameReply; readonly serial: number }
  | { readonly type: 'hotPaths'; readonly reply: HotPathReply; readonly serial: number }
  | { readonly type: 'functions'; readonly reply: FunctionsReply; readonly serial: number }
  | { readonly type: 'diffFunctions'; readonly reply: DiffFunctionsReply; readonly serial: number }
  | { readonly type: 'neighbours'; readonly reply: NeighboursReply; readonly serial: number }
  | { readonly type: 'diffNeighbours'; readonly reply: DiffNeighboursReply; readonly serial: number }
  | { readonly type: 'heatMap'; readonly reply: HeatMap; readonly serial: number }
  /** The profile has changed: what is shown is to be asked for again. */
  | { readonly type: 'grown' }
  /** How far the file is that is being opened. */
  | { readonly type: 'opening'; readonly stage: EngineEvents['ringside/opening']['stage']; readonly done: number; readonly total: number }
  /** Progress of the recording this view shows. */
  | { readonly type: 'status'; readonly status: RecordingStatus }
  | { readonly type: 'recordingEnded'; readonly end: RecordingEnd }
  /** Select this frame and bring it into sight. Its node is of the view's shape, not turned round. */
  | { readonly type: 'reveal'; readonly node: number }
  /** Something the user asked of the view failed. */
  | { readonly type: 'error'; readonly message: string };

/** What a view asks of the engine, by way of the host. A comparison's `flame`, `functions` and `neighbours` are answered by `diffFlame`, `diffFunctions` and `diffNeighbours`. */
export type ViewQuestion =
  | ({ readonly type: 'flame'; readonly serial: number; readonly width: DiffWidth } & Omit<FlameRequest, 'profileId'>)
  | ({ readonly type: 'functions'; readonly serial: number } & Omit<DiffFunctionsRequest, 'profileId'>)
  | ({ readonly type: 'neighbours'; readonly serial: number } & Omit<NeighboursRequest, 'profileId'>)
  | ({ readonly type: 'heatMap'; readonly serial: number } & Omit<HeatMapRequest, 'profileId'>)
  | ({ readonly type: 'hotPaths'; readonly serial: number } & Omit<HotPathRequest, 'profileId'>);

export type ViewCommand = 'stop' | 'cancel' | 'again' | 'save' | 'export' | 'compare' | 'chooseSymbols' | 'trustSymbols' | 'showLog';

export type FromView =
  /** The page has loaded and listens. */
  | { readonly type: 'ready' }
  | ViewQuestion
  /** Open a frame's source; `callSite` opens the line in its caller. */
  | {
      readonly type: 'openSource';
      readonly filter: ViewFilter;
      readonly node: number;
      readonly where: 'hottest' | 'callSite';
      readonly aside: boolean;
    }
  /** Open a line that a frame told, where there is no node to ask about. */
  | { readonly type: 'openPlace'; readonly place: SourcePlace; readonly aside: boolean }
  /** What is selected now: the frame, null where the tree is turned round, and its function. */
  | { readonly type: 'selected'; readonly node: number | null; readonly fn: number | null }
  /** Open the disassembly of a function. */
  | { readonly type: 'assembly'; readonly fn: number }
  | { readonly type: 'copy'; readonly text: string }
  /** Copy an address that opens this line in the editor. */
  | { readonly type: 'copyLink'; readonly place: SourcePlace }
  /** `filter`: what the view shows. */
  | { readonly type: 'command'; readonly command: ViewCommand; readonly filter: ViewFilter };
