/** A file on its way into the engine: from when on it can be shown, and when so much more of it is there that it is worth drawing again. Knows no editor. */
import type { EngineEvents } from '../../protocol.ts';

type Told = Pick<EngineEvents['ringside/opening'], 'done' | 'total' | 'canShow'>;

/** Drawn again when this much more has been read: a large file is drawn about ten times on its way. */
const GROWTH = 1.5;

export class Opening {
  /** Resolves when the engine has something to show; rejects where the file cannot be opened before that. */
  readonly shown: Promise<void>;
  private show: () => void = () => undefined;
  /** Share of the file that was drawn last; 0: nothing yet. */
  private drawn = 0;

  /** @param whole settles with the opening */
  constructor(whole: Promise<unknown>) {
    const first = new Promise<void>((resolve) => (this.show = resolve));
    this.shown = Promise.race([first, whole.then(() => undefined)]);
    this.shown.catch(() => undefined); // whoever waits for it says so
  }

  /** @returns whether what is shown should be drawn again */
  told({ done, total, canShow }: Told): boolean {
    if (!canShow) return false;
    const share = total > 0 ? done / total : 0;
    const isFirst = this.drawn === 0;
    if (!isFirst && share < this.drawn * GROWTH) return false;
    this.drawn = Math.max(share, Number.MIN_VALUE);
    this.show();
    return !isFirst;
  }
}
