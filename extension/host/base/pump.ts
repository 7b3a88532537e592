/** Runs work again whenever it is wanted, never two at once and never sooner than `intervalMs` after the last start. */
export class Pump {
  private readonly work: () => Promise<void>;
  private readonly intervalMs: number;
  private wanted = false;
  private busy = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private lastStartMs = -Infinity;
  private stopped = false;

  /** @param work must handle its own errors: a rejection ends the pump's turn and is passed to `onError`. */
  constructor(work: () => Promise<void>, intervalMs: number, onError: (error: unknown) => void) {
    this.intervalMs = intervalMs;
    this.work = async () => {
      try {
        await work();
      } catch (error) {
        onError(error);
      }
    };
  }

  /** Something has changed: run soon. */
  want(): void {
    this.wanted = true;
    this.schedule();
  }

  dispose(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private schedule(): void {
    if (this.stopped || this.busy || this.timer !== undefined) return;
    const waitMs = Math.max(0, this.lastStartMs + this.intervalMs - Date.now());
    this.timer = setTimeout(() => {
      this.timer = undefined;
      void this.run();
    }, waitMs);
  }

  private async run(): Promise<void> {
    this.wanted = false;
    this.busy = true;
    this.lastStartMs = Date.now();
    await this.work();
    this.busy = false;
    // `wanted` may have been set while the work ran.
    if (this.wanted as boolean) this.schedule();
  }
}
