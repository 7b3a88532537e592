/** One view at a time in a browser of its own, and what a user does and sees in it. */
import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { FromView } from '../../extension/protocol.ts';
import { openBrowser, type Browser } from '../editor/browser.ts';
import { openView, type ViewOptions, type ViewPage } from './page.ts';
import { Workload } from './workload.ts';

type Posted<Type extends FromView['type']> = Extract<FromView, { type: Type }>;

export interface User {
  /** Opens a view of the workload, or of another profile; `first` is a frame that is there once it has drawn. */
  readonly open: (options?: Partial<ViewOptions>, first?: string) => Promise<Page>;
  /** The view that is open. */
  readonly view: () => ViewPage;
  readonly frame: (name: string) => Locator;
  /** What a screen reader says of the selected frame. */
  readonly selected: () => Promise<string | null>;
  readonly crumb: () => Promise<string>;
  readonly detail: (part: string) => Locator;
  /** What the view has posted of a type. */
  readonly of: <Type extends FromView['type']>(type: Type) => Posted<Type>[];
  /** Width of a frame in CSS pixels. */
  readonly widthOf: (name: string) => Promise<number>;
  /** Texts of the filters that are shown as applied. */
  readonly applied: () => Promise<string[]>;
  /** Colours of the pixels along a line across a frame, as `r g b`, from left to right; `y` from its top. */
  readonly coloursAcross: (name: string, y: number) => Promise<string[]>;
  /** The colour of a frame near its right end, where no label is. */
  readonly colourOf: (name: string) => Promise<string>;
}

/** Each view must have ended without a complaint of the page. */
export function useView(): User {
  let browser: Browser;
  let view: ViewPage | undefined;
  beforeAll(async () => (browser = await openBrowser()));
  afterAll(() => browser.close());
  afterEach(async () => {
    const complaints = view?.complaints ?? [];
    await view?.close();
    view = undefined;
    expect(complaints).toEqual([]);
  });
  const shown = (): ViewPage => view!;
  const coloursAcross = async (name: string, y: number): Promise<string[]> => {
    const { x, y: top, width } = (await frame(name).boundingBox())!;
    return shown()
      .page.locator('.flame-canvas')
      .evaluate(
        (canvas: HTMLCanvasElement, line) => {
          const box = canvas.getBoundingClientRect();
          const scale = canvas.width / canvas.clientWidth;
          const row = new OffscreenCanvas(Math.max(1, Math.floor(line.width * scale)), 1).getContext('2d', { willReadFrequently: true })!;
          row.drawImage(canvas, -Math.round((line.x - box.left) * scale), -Math.round((line.y - box.top) * scale));
          const { data, width } = row.getImageData(0, 0, row.canvas.width, 1);
          return Array.from({ length: width }, (_, at) => `${data[4 * at]} ${data[4 * at + 1]} ${data[4 * at + 2]}`);
        },
        { x, y: top + y, width },
      );
  };
  const frame = (name: string): Locator => shown().page.locator(`.flame [role=treeitem][aria-label^="${name},"]`).first();
  return {
    async open(options = {}, first = 'main') {
      view = await openView({ browser, profile: new Workload().grow(1980).profile, ...options });
      if (first !== '') await frame(first).waitFor();
      return view.page;
    },
    view: shown,
    frame,
    selected: () => shown().page.locator('.flame [aria-selected=true]').getAttribute('aria-label'),
    crumb: () => shown().page.locator('.crumb[aria-current]').innerText(),
    detail: (part) => shown().page.locator(`.details ${part}`),
    of: <Type extends FromView['type']>(type: Type) => shown().posted.filter((message): message is Posted<Type> => message.type === type),
    async widthOf(name) {
      return (await frame(name).boundingBox())!.width;
    },
    coloursAcross,
    colourOf: async (name) => (await coloursAcross(name, 4)).at(-4)!,
    applied: () => shown().page.locator('.chip').allInnerTexts(),
  };
}
