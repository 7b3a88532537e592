/** What the sources of a profile were when they were compiled: MD5s of their content, where the compiler wrote them. */
export class Checksums {
  private readonly byFile = new Map<string, string[]>();

  /** @param file as the debug information names it */
  add(file: string, md5: string): void {
    const known = this.byFile.get(file);
    if (!known) this.byFile.set(file, [md5]);
    else if (!known.includes(md5)) known.push(md5);
  }

  /** Empty where nothing is known; several where parts of the program were compiled before the file was changed, and parts after. */
  of(file: string): readonly string[] {
    return this.byFile.get(file) ?? [];
  }

  [Symbol.iterator](): IterableIterator<[string, readonly string[]]> {
    return this.byFile.entries();
  }
}
