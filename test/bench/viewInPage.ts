/**
 * What is measured in the view's page; each runs there, and must not use anything of this file. Times begin with a frame of the screen's and end when the
 * frame that shows the change has been drawn: what is painted by a canvas is shown by the frame after, 17 ms later. Milliseconds.
 */

/** Resolves when the graph has been drawn and the frame with it has been shown. */
export function isPainted(): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      const canvas = document.querySelector<HTMLCanvasElement>('.flame-canvas');
      const isEmpty = document.querySelector<HTMLElement>('.empty')?.hidden === false;
      if (canvas && canvas.width > 300 && !isEmpty && canvas.checkVisibility()) requestAnimationFrame(() => setTimeout(resolve));
      else requestAnimationFrame(look);
    };
    look();
  });
}

/** Zooms to the heaviest callee's callee: until it is painted from what is there, and until what the engine answered is. */
export async function zoom(): Promise<{ paintedMs: number; answeredMs: number }> {
  const tree = document.querySelector<HTMLElement>('.flame-tree')!;
  const press = (key: string): void => {
    tree.dispatchEvent(new KeyboardEvent('keydown', { key, code: key, bubbles: true }));
  };
  const drawn = (): Promise<void> =>
    new Promise((resolve) => {
      const hear = ({ data }: MessageEvent<{ type?: string }>): void => {
        if (data.type !== 'flame') return;
        removeEventListener('message', hear);
        requestAnimationFrame(() => setTimeout(resolve));
      };
      addEventListener('message', hear);
    });
  tree.focus();
  for (const key of ['Home', 'ArrowDown', 'ArrowDown']) press(key);
  await new Promise(requestAnimationFrame);
  const start = performance.now();
  let done = drawn();
  press('Enter');
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  const paintedMs = performance.now() - start;
  await done;
  const answeredMs = performance.now() - start;
  done = drawn();
  press('Escape');
  await done;
  return { paintedMs, answeredMs };
}

/** From a text to marked frames; and to the engine's count of the whole, drawn. */
export async function search(text: string): Promise<{ markedMs: number; countedMs: number }> {
  const field = document.querySelector<HTMLElement & { value: string }>('vscode-textfield')!;
  const counted = new Promise<number>((resolve) => {
    const hear = ({ data }: MessageEvent<{ type?: string }>): void => {
      if (data.type !== 'flame') return;
      removeEventListener('message', hear);
      requestAnimationFrame(() => setTimeout(() => resolve(performance.now())));
    };
    addEventListener('message', hear);
  });
  await new Promise(requestAnimationFrame);
  const start = performance.now();
  field.value = text;
  field.dispatchEvent(new Event('input'));
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  const markedMs = performance.now() - start;
  return { markedMs, countedMs: (await counted) - start };
}

/** From a move of the pointer to another frame's details. */
export async function hover(round: number): Promise<number> {
  const tree = document.querySelector<HTMLElement>('.flame-tree')!;
  const { left, top, width } = tree.getBoundingClientRect();
  const at = { clientX: left + (width * (round + 1)) / 12, clientY: top + 30 + (round % 5) * 20, bubbles: true };
  await new Promise(requestAnimationFrame);
  const start = performance.now();
  tree.dispatchEvent(new PointerEvent('pointermove', at));
  await new Promise((resolve) => setTimeout(resolve));
  return performance.now() - start;
}
