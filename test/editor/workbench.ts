/** What a user can do in VS Code's workbench, in the words of a user. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { FrameLocator, Locator, Page } from 'playwright-core';
import type { Editor } from './editor.ts';
import { quickPick } from './quickPick.ts';

/** Where screenshots go: kept by CI. */
export const screenshots = path.resolve(import.meta.dirname, '../../artifacts/screenshots');

export interface Workbench {
  readonly page: Page;
  /** Loads the workbench and waits until the explorer shows the folder. */
  open(editor: Editor): Promise<void>;
  /** Types a command's title into the palette and chooses it. */
  command(title: string): Promise<void>;
  /** The same, of a command that asks with a quick pick, and a row of that. */
  commandAndChoose(title: string, row: string | RegExp): Promise<void>;
  /** Chooses the first row that holds the text, of the quick pick that is open or is about to be. */
  choose(text: string | RegExp): Promise<void>;
  /** Ticks the rows that hold these texts, of a quick pick of several, and looks that it counts no others. */
  tick(texts: readonly string[]): Promise<void>;
  /** Types into the quick pick that is open, and chooses the first of the rows that are left. */
  seek(text: string): Promise<void>;
  /** The rows of the quick pick that is open. */
  choices(): Promise<string[]>;
  /** Accepts what an input box proposes, once it proposes something of that shape: the box of the command before it may still be closing. */
  acceptProposal(shape: RegExp): Promise<void>;
  /** The same, with something else in its place. */
  acceptInput(shape: RegExp, text: string): Promise<void>;
  /** Names a file in the dialog that is open. */
  acceptFile(file: string): Promise<void>;
  /** The quick pick or input box: its title, prompt, rows. */
  readonly quickInput: Locator;
  /** The document of the n-th visible webview. */
  webview(n?: number): FrameLocator;
  /** The item of the status bar that holds the text. */
  status(text: string | RegExp): Locator;
  /** Toast notifications that hold the text. */
  notification(text: string | RegExp): Locator;
  /** Modal dialogs that hold the text. */
  dialog(text: string | RegExp): Locator;
  /** The row of a tree view in the side bar or the explorer. @param view which, where several that are in sight may have such a row */
  treeRow(name: string | RegExp, view?: string): Locator;
  /** What the first such row is badged with; empty for no badge. */
  badge(row: string | RegExp): Promise<string>;
  /** Chooses from the context menu of such a row. */
  menuOf(row: string | RegExp, item: string, view?: string): Promise<void>;
  /** Chooses from the context menu of a line of the active editor, where the cursor goes. */
  menuOfLine(text: string, item: string): Promise<void>;
  /** Chooses from the "…" menu of the active editor's title, and then a row of the quick pick that this opens. */
  menuOfEditor(item: string, row: RegExp): Promise<void>;
  /** Opens a file by its name from the quick open box. */
  openFile(name: string): Promise<void>;
  /** The active tabs, one a group, that hold the text. */
  activeTab(text: string | RegExp): Locator;
  /** Puts the cursor of the active editor there. */
  goTo(line: number, column: number): Promise<void>;
  /** `Ln 12, Col 1` of the status bar. */
  position(): Promise<{ line: number; column: number }>;
  /** Moves the pointer over text of the code editor and waits for the hover. */
  hover(text: string): Promise<Locator>;
  /** Saves artifacts/screenshots/NAME.png. */
  screenshot(name: string, directory?: string): Promise<string>;
}

export function workbench(page: Page): Workbench {
  // one that is on its way out takes nothing any more
  const quickInput = page.locator('.quick-input-widget:not([inert])');
  const input = quickInput.locator('input[type=text]').first();
  const rows = quickInput.locator('.quick-input-list .monaco-list-row');
  const pick = quickPick(page);
  // A webview that is still loading swallows the key, or takes the focus and so closes the box; and what an extension contributes is listed only
  // once the extensions are known. A user would press the key again, and so does this.
  const chooseFrom = async (key: string, typed: string): Promise<void> => {
    for (const limit = Date.now() + 120_000; ;) {
      try {
        await page.keyboard.press(key);
        await input.waitFor({ timeout: 3000 });
        // at once, or the box would look through everything again for every letter; and into no other field
        await input.fill(key === 'F1' ? `>${typed}` : typed, { timeout: 3000 });
        await pick.take(typed, 10_000);
        return;
      } catch (error) {
        if (Date.now() > limit) throw error;
        await page.keyboard.press('Escape');
        // a webview that took the focus while a menu closed has the keys, and passes none on: a user would click beside it
        await page.mouse.click(150, 10);
      }
    }
  };
  const chooseFromMenu = async (item: string): Promise<void> => {
    const chosen = page.getByRole('menuitem', { name: item });
    await chosen.waitFor({ timeout: 10_000 });
    let clicked = false;
    // a menu that has just opened passes over the button's release
    for (const limit = Date.now() + 30_000; await chosen.isVisible();) {
      if (Date.now() > limit) throw new Error(`the menu stays open on ${item}`);
      const click = chosen.click({ timeout: 5000 });
      clicked = await click.then(
        () => true,
        () => false,
      );
      await chosen.waitFor({ state: 'hidden', timeout: 1000 }).catch(() => undefined);
    }
    if (!clicked) throw new Error(`the menu with ${item} closed by itself`);
  };
  /** Opens a menu and chooses from it. What extensions add to a menu is there once they are known: until then it is opened again. */
  const chooseFromMenuOf = async (open: () => Promise<void>, item: string): Promise<void> => {
    for (const limit = Date.now() + 60_000; ;) {
      await open();
      try {
        await chooseFromMenu(item);
        return;
      } catch (error) {
        if (Date.now() > limit) throw error;
        // where none is open the key would be the list's, which takes it for giving up what is selected
        if (await page.locator('.monaco-menu:visible').count()) await page.keyboard.press('Escape');
      }
    }
  };
  /** Opens a quick pick and chooses from it. A webview that has just loaded takes the focus, and so closes a menu or a quick pick: it is opened again. */
  const chooseOnceOpen = async (open: () => Promise<void>, row: string | RegExp): Promise<void> => {
    for (const limit = Date.now() + 60_000; ;) {
      try {
        await open();
        await pick.take(row, 10_000);
        return;
      } catch (error) {
        if (Date.now() > limit) throw error;
        await page.keyboard.press('Escape');
      }
    }
  };
  return {
    page,
    quickInput,
    async open(editor) {
      await page.goto(editor.url, { timeout: 120_000 });
      await page.locator('.monaco-workbench').waitFor({ timeout: 90_000 });
      await page.locator('.explorer-folders-view [role=treeitem]').first().waitFor({ timeout: 60_000 });
    },
    command: (title) => chooseFrom('F1', title),
    commandAndChoose: (title, row) => chooseOnceOpen(() => chooseFrom('F1', title), row),
    choose: (text) => pick.take(text, 30_000),
    async tick(texts) {
      // a row that has just been drawn may tell the tick of the row that its element was before: the count tells whether all are
      for (const limit = Date.now() + 60_000; ;) {
        for (const text of texts) await pick.tick(text, 30_000);
        try {
          await quickInput.getByText(`${texts.length} Selected`).waitFor({ timeout: 2000 });
          return;
        } catch (error) {
          if (Date.now() > limit) throw error;
        }
      }
    },
    async seek(text) {
      // a list that is about to replace another one empties the box
      for (const limit = Date.now() + 60_000; ;) {
        await input.fill(text, { timeout: 30_000 });
        try {
          await pick.take(text, 10_000);
          return;
        } catch (error) {
          if (Date.now() > limit) throw error;
        }
      }
    },
    async choices() {
      await rows.first().waitFor({ timeout: 30_000 });
      return rows.allInnerTexts();
    },
    async acceptProposal(shape) {
      let seen = false;
      for (const limit = Date.now() + 30_000; Date.now() < limit;) {
        const proposed = (await input.isVisible()) && shape.test(await input.inputValue().catch(() => ''));
        if (seen && !proposed) return;
        seen ||= proposed;
        // a dialog that is still looking at the folder passes over the key
        if (proposed) await page.keyboard.press('Enter');
        await page.waitForTimeout(500);
      }
      throw new Error(`no input box proposed ${String(shape)}, or it did not close`);
    },
    async acceptInput(shape, text) {
      for (const limit = Date.now() + 30_000; !shape.test(await input.inputValue().catch(() => ''));) {
        if (Date.now() > limit) throw new Error(`no input box proposed ${String(shape)}`);
        await page.waitForTimeout(50);
      }
      await input.fill(text);
      await page.keyboard.press('Enter');
    },
    async acceptFile(file) {
      for (const limit = Date.now() + 30_000; Date.now() < limit;) {
        // A dialog that is still looking at the folder takes back what is typed, and passes over the key.
        const isDialog = (await input.isVisible()) && (await input.inputValue().catch(() => '')).startsWith('/');
        if (isDialog) await input.fill(file).catch(() => undefined);
        await page.waitForTimeout(1000);
        if (isDialog && (await input.inputValue().catch(() => '')) === file) await page.keyboard.press('Enter');
        await page.waitForTimeout(500);
        if (isDialog && !(await input.isVisible())) return;
      }
      throw new Error(`no dialog took ${file}`);
    },
    // <iframe class="webview ready"> holds <iframe id="active-frame">, whose document is the extension's. Hidden ones stay in the page.
    webview: (n = 0) => page.locator('iframe.webview.ready:visible').nth(n).contentFrame().locator('iframe#active-frame').contentFrame(),
    status: (text) => page.locator('.statusbar-item', { hasText: text }),
    notification: (text) => page.locator('.notification-toast', { hasText: text }),
    dialog: (text) => page.locator('.monaco-dialog-box', { hasText: text }),
    treeRow(name, view) {
      const header = page.locator('.pane-header', { hasText: view ?? '' });
      const pane = view === undefined ? page.locator('.sidebar') : page.locator('.sidebar .pane', { has: header });
      return pane.locator('.monaco-list-row[role=treeitem]', { hasText: name });
    },
    badge(row) {
      return this.treeRow(row)
        .first()
        .evaluate((element) => {
          // the editor draws it by a style sheet
          const badges = [...element.querySelectorAll('[class*=itemBadge]')].map((each) => getComputedStyle(each, '::after').content);
          return badges.map((content) => content.replaceAll(/["']|none|normal/g, '')).join('');
        });
    },
    menuOf(row, item, view) {
      return chooseFromMenuOf(() => this.treeRow(row, view).click({ button: 'right' }), item);
    },
    async menuOfLine(text, item) {
      const line = page
        .locator('.editor-group-container.active .monaco-editor .view-line')
        .filter({ hasText: asDrawn(text) })
        .first();
      await line.waitFor({ timeout: 15_000 });
      await chooseFromMenuOf(async () => {
        const { x, y } = await line.evaluate(placeOf, text);
        await page.mouse.click(x, y, { button: 'right' });
      }, item);
    },
    menuOfEditor(item, row) {
      return chooseOnceOpen(async () => {
        await page.locator('.editor-group-container.active .editor-actions').getByRole('button', { name: 'More Actions' }).click();
        await chooseFromMenu(item);
      }, row);
    },
    async openFile(name) {
      await chooseFrom('Control+p', name);
      await page.locator('.tab.active', { hasText: name }).first().waitFor({ timeout: 15_000 });
    },
    activeTab: (text) => page.locator('.editor-group-container .tab.active', { hasText: text }),
    async goTo(line, column) {
      // a box that is still closing takes the keys for itself
      for (const limit = Date.now() + 30_000; ;) {
        await page.keyboard.press('Control+g');
        await input.waitFor({ timeout: 3000 }).catch(() => undefined);
        await page.keyboard.press('Control+a');
        await page.keyboard.type(`:${line}:${column}`, { delay: 5 });
        await page.keyboard.press('Enter');
        let now = await this.position();
        for (const soon = Date.now() + 1000; Date.now() < soon && (now.line !== line || now.column !== column); now = await this.position())
          await page.waitForTimeout(50);
        if (now.line === line && now.column === column) return;
        if (Date.now() > limit) throw new Error(`the cursor stays at ${now.line}:${now.column}`);
      }
    },
    async position() {
      const text = await page.getByRole('button', { name: /^Ln \d+, Col \d+/ }).innerText({ timeout: 15_000 });
      const [, line, column] = /Ln (\d+), Col (\d+)/.exec(text) ?? [];
      return { line: Number(line), column: Number(column) };
    },
    async hover(text) {
      const line = page.locator('.monaco-editor .view-line', { hasText: text }).first();
      await line.waitFor({ timeout: 15_000 });
      const shown = page.locator('.monaco-hover:visible').last();
      // longer from time to time: on a busy machine the answer takes as long as it takes
      for (const waitMs of [3000, 3000, 5000, 10_000, 20_000]) {
        const { x, y } = await line.evaluate(placeOf, text);
        await page.mouse.move(5, 5);
        await page.mouse.move(x, y, { steps: 3 });
        // an editor that still believes that a button is held down shows none
        if (waitMs > 3000) await page.mouse.click(x, y);
        await page.mouse.move(x + 1, y, { steps: 2 });
        const appeared = await shown.waitFor({ timeout: waitMs }).then(
          () => true,
          () => false,
        );
        if (appeared) return shown;
      }
      throw new Error(`no hover over ${text}`);
    },
    async screenshot(name, directory = screenshots) {
      await mkdir(directory, { recursive: true });
      const file = path.join(directory, `${name}.png`);
      // what fades in is there
      await page.screenshot({ path: file, animations: 'disabled' });
      return file;
    },
  };
}

/** Text as the code editor draws it: it puts no-break spaces where spaces are. */
function asDrawn(text: string): RegExp {
  return new RegExp(text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(' ', '[ \u00a0]'));
}

/** In the page: the middle of the text within a line of the code editor, which draws spaces as no-break spaces and splits words as it likes. */
function placeOf(line: Element, text: string): { x: number; y: number } {
  const start = line.textContent.replaceAll('\u00a0', ' ').indexOf(text);
  const range = document.createRange();
  const nodes = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
  let at = 0;
  for (let node = nodes.nextNode(); node; node = nodes.nextNode()) {
    const length = node.textContent?.length ?? 0;
    const middle = start + Math.floor(text.length / 2) - at;
    if (middle >= 0 && middle < length) {
      range.setStart(node, middle);
      range.setEnd(node, middle + 1);
    }
    at += length;
  }
  const box = range.getBoundingClientRect();
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}
