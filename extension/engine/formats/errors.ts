/** A file that is not what it should be. The message names the file's fault and what to do. */
export class FormatError extends Error {
  override readonly name = 'FormatError';
}
