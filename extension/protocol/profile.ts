/** What is known of a profile and its frames, and what part of it a view asks for. */
import type { GuestKind, PauseStats, SamplingMode } from './dom0.ts';

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
  /** Some function is known to be an idle loop. */
  readonly hasIdle: boolean;
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

export interface SourcePlace {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
}
