/** What a person sees of line heat in the active code editor: lines with a colour behind them, and marks in the overview ruler. */
import type { Locator } from 'playwright-core';
import type { Workbench } from './workbench.ts';

export interface SeenHeat {
  /** Numbers of the lines in sight. */
  readonly warm: number[];
  readonly grey: number[];
  /** Whether the overview ruler has a warm mark. */
  readonly ruler: boolean;
}

export function seenHeat({ page }: Workbench): Promise<SeenHeat> {
  return activeEditor(page.locator('body')).evaluate((editor) => {
    const top = (element: Element): number => Math.round(element.getBoundingClientRect().top);
    const lines = new Map([...editor.querySelectorAll('.line-numbers')].map((each) => [top(each), Number(each.textContent)]));
    const isWarm = (red: number, blue: number): boolean => red - blue > 60;
    const warm = new Set<number>();
    const grey = new Set<number>();
    for (const mark of editor.querySelectorAll('.view-overlays .cdr')) {
      const [red = 0, green = 0, blue = 0, opacity] = (getComputedStyle(mark).backgroundColor.match(/[\d.]+/g) ?? []).map(Number);
      const line = lines.get(top(mark));
      if (line === undefined || opacity === undefined || opacity === 0) continue;
      if (isWarm(red, blue)) warm.add(line);
      else if (red === 128 && green === 128 && blue === 128) grey.add(line);
    }
    const canvas = editor.querySelector<HTMLCanvasElement>('canvas.decorationsOverviewRuler');
    const pixels = canvas && canvas.width > 0 ? canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data : undefined;
    let ruler = false;
    for (let at = 0; pixels && at < pixels.length; at += 4) ruler ||= pixels[at + 3]! > 0 && isWarm(pixels[at]!, pixels[at + 2]!);
    const sorted = (all: Set<number>): number[] => [...all].sort((a, b) => a - b);
    return { warm: sorted(warm), grey: sorted(grey), ruler };
  });
}

/** Figures at the ends of the active editor's lines, with the lines. */
export const costs = ({ page }: Workbench): Promise<string[]> =>
  activeEditor(page.locator('body'))
    .locator('.view-line', { hasText: /\d\.\d.%/ })
    .allInnerTexts();

const activeEditor = (page: Locator): Locator => page.locator('.editor-group-container.active .monaco-editor').first();
