/** What is wrong with a file that was to be read as ELF or as its debug information. */
export type FileFault =
  /** The file cannot be opened or read. */
  | 'unreadable'
  /** Not an ELF file at all. */
  | 'not-elf'
  /** Compressed in a way that is not unpacked here. */
  | 'compressed'
  /** Ends before something it promises. */
  | 'truncated'
  /** Contradicts itself or its format. */
  | 'corrupt'
  /** Valid, but larger than what is accepted. */
  | 'too-large'
  /** Valid, but of a version or kind this reader does not know. */
  | 'unsupported';

/** A failure to read a file, naming the section and the byte where it shows. */
export class FileError extends Error {
  readonly fault: FileFault;
  readonly section: string | undefined;
  /** Byte in the section, or in the file where there is no section. */
  readonly offset: number | undefined;

  constructor(fault: FileFault, what: string, place: { section?: string; offset?: number; cause?: unknown } = {}) {
    const at = place.offset === undefined ? '' : ` at 0x${place.offset.toString(16)}`;
    super(`${place.section === undefined ? '' : `${place.section}${at}: `}${what}${place.section === undefined ? at : ''}`, {
      cause: place.cause,
    });
    this.name = 'FileError';
    this.fault = fault;
    this.section = place.section;
    this.offset = place.offset;
  }
}
