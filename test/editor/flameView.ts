/** The flame graph as a person, or a screen reader, finds it in its webview. */
import type { FrameLocator, Locator } from 'playwright-core';

export interface FlameView {
  /** The number of samples that the header shows; 0 while it shows none. */
  samples(): Promise<number>;
  /** The share of all samples that each function's frames say they have, added up: { parse_requests: 0.31 }. */
  shares(): Promise<Record<string, number>>;
  /** The widest frame of a function. */
  frame(name: string): Promise<Locator>;
  /** A figure of the header, such as `Symbols`. */
  fact(label: string): Locator;
  /** Warnings and errors above the graph. */
  readonly banner: Locator;
  readonly tree: Locator;
  /** Resolves when the recording has ended. */
  ended(timeoutMs: number): Promise<void>;
}

/** @param page the webview's document. */
export function flameView(page: FrameLocator): FlameView {
  const frames = page.locator('.flame [role=treeitem]');
  // Elements for frames are made when the page is idle, after the frames have been painted.
  const settled = (): Promise<void> => page.locator('.frame-elements[data-settled=true]').waitFor({ state: 'attached', timeout: 30_000 });
  const fact = (label: string): Locator => page.locator(`[data-fact="${label}"] dd`);
  return {
    fact,
    banner: page.locator('.banners'),
    tree: page.getByRole('tree', { name: 'Flame graph' }),
    async samples() {
      const text = await fact('Samples').allInnerTexts();
      return Number((text[0] ?? '').replaceAll(',', ''));
    },
    async shares() {
      await settled();
      const shares: Record<string, number> = {};
      for (const label of await spoken(frames)) {
        const { name, share } = parse(label);
        shares[name] = (shares[name] ?? 0) + share;
      }
      return shares;
    },
    async frame(name) {
      await settled();
      const labels = await spoken(frames);
      const own = labels.map((label, at) => ({ at, ...parse(label) })).filter((each) => each.name === name);
      const [widest] = own.sort((a, b) => b.share - a.share);
      if (!widest) throw new Error(`no frame of ${name} among ${labels.length}: ${labels.slice(0, 20).join('; ')}`);
      return frames.nth(widest.at);
    },
    async ended(timeoutMs) {
      await page
        .getByRole('button', { name: 'Again' })
        .or(page.locator('vscode-button', { hasText: 'Again' }))
        .first()
        .waitFor({ timeout: timeoutMs });
    },
  };
}

function spoken(frames: Locator): Promise<string[]> {
  return frames.evaluateAll((elements) => elements.map((element) => element.getAttribute('aria-label') ?? ''));
}

/** `hash_block, 34.5% of all, inlined`. */
function parse(label: string): { name: string; share: number } {
  const [, name, percent] = /^(.*), [<>]?([\d.]+)% of all/.exec(label) ?? [];
  if (name === undefined) throw new Error(`a frame without a name or a share: ${JSON.stringify(label)}`);
  return { name, share: Number(percent) / 100 };
}
