/** The command line was not understood: the message says which part, and the usage follows it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** A number of an option within bounds. */
export function numberOption(name: string, text: string | undefined, fallback: number, least: number, most: number): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < least || value > most) {
    throw new UsageError(`--${name} takes a number from ${least} to ${most}, not ${JSON.stringify(text)}`);
  }
  return value;
}
