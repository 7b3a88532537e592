/** A source file as line tables name it. */
export interface SourceFile {
  readonly path: string;
  /** MD5 of its content as it was compiled, in hexadecimal; undefined where the compiler did not write it. */
  readonly md5: string | undefined;
}

/** One path with two contents is two files. */
export const fileKey = ({ path, md5 }: SourceFile): string => (md5 === undefined ? path : `${path}\0${md5}`);
