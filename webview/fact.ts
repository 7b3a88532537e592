/** A figure of the header; null text: there is no such figure here. */
export interface Fact {
  readonly label: string;
  readonly text: string | null;
  readonly title?: string;
  readonly tone?: 'warning';
}

/** Marks a figure that is a reason to doubt the profile. */
export function warnWhen(doubtful: boolean): { tone?: 'warning' } {
  return doubtful ? { tone: 'warning' } : {};
}
