/** What a user can do in VS Code's workbench, in the words of a user. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { FrameLocator, Locator, Page } from 'playwright-core';
import type { Editor } from './editor.ts';

/** Where screenshots go: kept by CI. */
export const screenshots = path.resolve(import.meta.dirname, '../../artifacts/screenshots');

export interface Workbench {
  readonly page: Page;
  /** Loads the workbench and waits until the explorer shows the folder. */
  open(editor: Editor): Promise<void>;
  /** Types a command's title into the palette and chooses it. */
  command(title: string): Promise<void>;
  /** Types into the quick pick that is open and chooses the first row that holds the text. */
  choose(text: string | RegExp): Promise<void>;
  /** The rows of the quick pick that is open. */
  choices(): Promise<string[]>;
  /** Answers the input box that is open; nothing typed keeps what it proposes. */
  answer(text?: string): Promise<void>;
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
  /** The row of a tree view in the side bar or the explorer. */
  treeRow(name: string | RegExp): Locator;
  /** Opens a file by its name from the quick open box. */
  openFile(name: string): Promise<void>;
  /** The active tabs, one a group, that hold the text. */
  activeTab(text: string | RegExp): Locator;
  /** `Ln 12, Col 1` of the status bar. */
  position(): Promise<{ line: number; column: number }>;
  /** Moves the pointer over text of the code editor and waits for the hover. */
  hover(text: string): Promise<Locator>;
  /** Saves artifacts/screenshots/NAME.png. */
  screenshot(name: string, directory?: string): Promise<string>;
}

export function workbench(page: Page): Workbench {
  const quickInput = page.locator('.quick-input-widget');
  const input = quickInput.locator('input[type=text]').first();
  const rows = quickInput.locator('.quick-input-list .monaco-list-row');
  const chooseRow = async (text: string | RegExp, timeout: number): Promise<void> => {
    const row = rows.filter({ hasText: text }).first();
    await row.waitFor({ timeout });
    await row.click({ timeout: 2000 });
  };
  return {
    page,
    quickInput,
    async open(editor) {
      await page.goto(editor.url);
      await page.locator('.monaco-workbench').waitFor({ timeout: 90_000 });
      await page.locator('.explorer-folders-view [role=treeitem]').first().waitFor({ timeout: 60_000 });
    },
    async command(title) {
      // A webview that is still loading swallows the key, or takes the focus and so closes the palette; and a contributed command is listed only
      // once the extensions are known. A user would press F1 again, and so does this.
      for (const limit = Date.now() + 60_000; ;) {
        try {
          await page.keyboard.press('F1');
          await input.waitFor({ timeout: 1500 });
          await page.keyboard.type(title, { delay: 5 });
          await chooseRow(title, 5000);
          return;
        } catch (error) {
          if (Date.now() > limit) throw error;
          await page.keyboard.press('Escape');
        }
      }
    },
    async choose(text) {
      await input.waitFor({ timeout: 30_000 });
      await chooseRow(text, 30_000);
    },
    async choices() {
      await rows.first().waitFor({ timeout: 30_000 });
      return rows.allInnerTexts();
    },
    async answer(text) {
      await input.waitFor({ timeout: 30_000 });
      if (text !== undefined) await input.fill(text);
      await page.keyboard.press('Enter');
    },
    // <iframe class="webview ready"> holds <iframe id="active-frame">, whose document is the extension's. Hidden ones stay in the page.
    webview: (n = 0) => page.locator('iframe.webview.ready:visible').nth(n).contentFrame().locator('iframe#active-frame').contentFrame(),
    status: (text) => page.locator('.statusbar-item', { hasText: text }),
    notification: (text) => page.locator('.notification-toast', { hasText: text }),
    dialog: (text) => page.locator('.monaco-dialog-box', { hasText: text }),
    treeRow: (name) => page.locator('.sidebar .monaco-list-row[role=treeitem]', { hasText: name }),
    async openFile(name) {
      for (const limit = Date.now() + 30_000; ;) {
        try {
          await page.keyboard.press('Control+p');
          await input.waitFor({ timeout: 1500 });
          await page.keyboard.type(name, { delay: 5 });
          await chooseRow(name, 5000);
          break;
        } catch (error) {
          if (Date.now() > limit) throw error;
          await page.keyboard.press('Escape');
        }
      }
      await page.locator('.tab.active', { hasText: name }).first().waitFor({ timeout: 15_000 });
    },
    activeTab: (text) => page.locator('.editor-group-container .tab.active', { hasText: text }),
    async position() {
      const text = await page.getByRole('button', { name: /^Ln \d+, Col \d+/ }).innerText({ timeout: 15_000 });
      const [, line, column] = /Ln (\d+), Col (\d+)/.exec(text) ?? [];
      return { line: Number(line), column: Number(column) };
    },
    async hover(text) {
      const hover = page.locator('.monaco-editor .monaco-hover:visible, .monaco-hover:visible').last();
      const target = page.locator('.monaco-editor .view-line', { hasText: text }).first().getByText(text).first();
      for (const limit = Date.now() + 30_000; ;) {
        await page.mouse.move(5, 5);
        await target.hover({ timeout: 5000 });
        const shown = await hover.waitFor({ timeout: 3000 }).then(
          () => true,
          () => false,
        );
        if (shown) return hover;
        if (Date.now() > limit) throw new Error(`no hover over ${text}`);
      }
    },
    async screenshot(name, directory = screenshots) {
      await mkdir(directory, { recursive: true });
      const file = path.join(directory, `${name}.png`);
      await page.screenshot({ path: file });
      return file;
    },
  };
}
