/** Long work in slices, so that other requests are answered in between. */

/** Works this long at a time, then lets other requests through. */
export const SLICE_MS = 12;

/** Lets whatever waits go first. */
export async function pause(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

/** Takes steps until they end, with pauses. @throws the signal's reason where it is aborted */
export async function inSlices(steps: Iterator<unknown>, signal?: AbortSignal): Promise<void> {
  for (let pauseAt = performance.now() + SLICE_MS; steps.next().done !== true;) {
    if (performance.now() < pauseAt) continue;
    await pause();
    signal?.throwIfAborted();
    pauseAt = performance.now() + SLICE_MS;
  }
}
