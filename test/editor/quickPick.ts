/**
 * Chooses rows of the editor's quick pick with the keyboard. The list draws its rows with elements that it uses again for others, keeps the rows of the
 * list before until the next ones are there, and sorts again while it is typed to: an element that was found may be another row when it is clicked. So
 * a row is gone to with the arrow keys, and the key that takes it is held back, within the page, unless that very row is the one that has the focus.
 */
import type { Page } from 'playwright-core';

/** A row that is drawn. */
interface Row {
  /** All of its text that is drawn. */
  readonly text: string;
  readonly top: number;
  /** Of a list of several: whether it is ticked; null of a list of one. */
  readonly ticked: boolean | null;
  /** A key acts on it. */
  readonly hasFocus: boolean;
}

export interface QuickPick {
  /** Goes to the first row that holds the text, and takes it; in a list of several it ticks it. @throws where none comes within the time */
  take(text: string | RegExp, timeoutMs: number): Promise<void>;
  /** Goes to a row of a list of several, and ticks it. */
  tick(text: string | RegExp, timeoutMs: number): Promise<void>;
}

/** For how long rows must be the same before one is gone to. */
const stillMs = 200;
/** After this a key that changed nothing is pressed again: a list may pass over one while it is being replaced. */
const patienceMs = 5000;

export function quickPick(page: Page): QuickPick {
  const rows = (): Promise<Row[]> => page.evaluate(drawnRows);
  const pause = (ms: number): Promise<void> => page.waitForTimeout(ms);

  /** Rows that stand still, once one of them is wanted. */
  const settled = async (isWanted: (row: Row) => boolean, limit: number): Promise<Row[]> => {
    let before = '';
    let since = Date.now();
    for (;;) {
      const now = await rows();
      const seen = JSON.stringify(now);
      if (seen !== before) [before, since] = [seen, Date.now()];
      else if (Date.now() - since >= stillMs && now.some(isWanted)) return now;
      if (Date.now() > limit)
        throw new Error(`no such row in the quick pick, which has: ${now.map(({ text }) => text).join(' | ') || 'none'}`);
      await pause(40);
    }
  };

  /** Moves the focus to a row. @returns whether it got there */
  const goTo = async (text: string): Promise<boolean> => {
    for (let presses = 0; presses < 200; presses++) {
      const before = await rows();
      if (before.some((row) => row.hasFocus && row.text === text)) return true;
      if (!before.some((row) => row.text === text)) return false;
      await page.evaluate(focusQuickPick);
      await page.keyboard.press('ArrowDown');
      for (const limit = Date.now() + 1000; Date.now() < limit && JSON.stringify(await rows()) === JSON.stringify(before);) await pause(20);
    }
    return false;
  };

  /** Presses a key that reaches the list only while the row has the focus. @returns whether it did */
  const pressOn = async (text: string, key: 'Enter' | 'Space'): Promise<boolean> => {
    await page.evaluate(focusQuickPick);
    await page.evaluate(holdBack, { text, code: key });
    await page.keyboard.press(key);
    return page.evaluate(letGo).catch(() => true); // a key that took the page away was taken
  };

  const choose = async (
    wanted: string | RegExp,
    key: 'Enter' | 'Space',
    timeoutMs: number,
    isOfKind: (row: Row) => boolean,
    isDone: (now: readonly Row[], chosen: string, before: readonly Row[]) => boolean,
  ): Promise<void> => {
    for (const limit = Date.now() + timeoutMs; ;) {
      const before = await settled((row) => isOfKind(row) && holds(row.text, wanted), limit);
      const { text } = before.find((row) => isOfKind(row) && holds(row.text, wanted))!;
      if (isDone(before, text, before)) return;
      const pressed = (await goTo(text)) && (await pressOn(text, key));
      for (const soon = Date.now() + patienceMs; pressed && Date.now() < soon;) {
        if (isDone(await rows().catch(() => []), text, before)) return;
        await pause(40);
      }
      if (Date.now() > limit) throw new Error(`the quick pick does not take ${text}`);
    }
  };

  return {
    // the list goes, or its rows do
    take: (text, timeoutMs) =>
      choose(
        text,
        'Enter',
        timeoutMs,
        ({ ticked }) => ticked === null,
        (now, _, before) => textsOf(now) !== textsOf(before),
      ),
    tick: (text, timeoutMs) =>
      choose(
        text,
        'Space',
        timeoutMs,
        ({ ticked }) => ticked !== null,
        (now, chosen) => now.some((row) => row.text === chosen && row.ticked === true),
      ),
  };
}

const textsOf = (rows: readonly Row[]): string => rows.map(({ text }) => text).join('\n');

function holds(text: string, wanted: string | RegExp): boolean {
  return typeof wanted === 'string' ? text.toLowerCase().includes(wanted.toLowerCase()) : wanted.test(text);
}

/** In the page: the rows of the quick pick that is open, from the top; none where none is, or where it is on its way out. */
function drawnRows(): Row[] {
  const list = document.querySelector<HTMLElement>('.quick-input-widget:not([inert]) .quick-input-list');
  if (!list?.offsetParent) return [];
  // the keys of a list of one go to the box above it, those of a list of several to itself, or Space would be typed
  const takesKeys = list.contains(document.activeElement);
  const drawn = [...list.querySelectorAll<HTMLElement>('.monaco-list-row')].map((row) => {
    // by the role: an element that was a box to tick keeps its tick when it becomes something else, and the row may tell that of the row it was before
    const isBox = row.getAttribute('role') === 'checkbox';
    return {
      // what is drawn: an element that was used before keeps parts of the other row's text, hidden
      text: row.innerText.replaceAll(/\s+/g, ' ').trim(),
      top: Math.round(row.getBoundingClientRect().top),
      ticked: isBox ? row.querySelector('.monaco-checkbox.checked') !== null : null,
      hasFocus: row.classList.contains('focused') && (takesKeys || !isBox),
    };
  });
  return drawn.sort((a, b) => a.top - b.top);
}

/** In the page: gives the keyboard to the quick pick, which a webview that has just opened may have taken it from. */
function focusQuickPick(): void {
  const widget = document.querySelector('.quick-input-widget');
  if (widget && !widget.contains(document.activeElement)) widget.querySelector<HTMLElement>('input[type=text]')?.focus();
}

type Guarded = Window & { ringsideGuard?: EventListenerObject & { passed: boolean } };

/** In the page: lets a key through only where the row that has the focus is the one that is meant. */
function holdBack({ text, code }: { text: string; code: string }): void {
  const guarded = window as Guarded;
  // functions with names of their own do not come over to the page from every runner
  guarded.ringsideGuard = {
    passed: false,
    handleEvent(event) {
      if (!(event instanceof KeyboardEvent) || event.code !== code) return;
      const focused = document.querySelector<HTMLElement>('.quick-input-widget .quick-input-list .monaco-list-row.focused');
      this.passed = (focused?.innerText ?? '').replaceAll(/\s+/g, ' ').trim() === text;
      if (this.passed) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    },
  };
  window.addEventListener('keydown', guarded.ringsideGuard, true);
}

/** In the page: whether the key got through. */
function letGo(): boolean {
  const guarded = window as Guarded;
  const guard = guarded.ringsideGuard;
  if (!guard) return false;
  window.removeEventListener('keydown', guard, true);
  delete guarded.ringsideGuard;
  return guard.passed;
}
