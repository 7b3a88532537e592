/** The editor's own colours: what VS Code 1.139 sets on a webview's root element in its default themes, as far as the view asks for it. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

export type Theme = 'dark' | 'light' | 'hc-dark' | 'hc-light';
export const THEMES: readonly Theme[] = ['dark', 'light', 'hc-dark', 'hc-light'];

const variables = JSON.parse(readFileSync(path.join(import.meta.dirname, 'themes.json'), 'utf8')) as Record<Theme, Record<string, string>>;

/** Also VS Code's own rules for webviews that matter to the layout, in their own layer, as there. */
export function themeSheet(theme: Theme): string {
  const lines = Object.entries(variables[theme]).map(([name, value]) => `${name}: ${value};`);
  return `:root { ${lines.join(' ')} }
@layer vscode-default {
  html { scrollbar-color: var(--vscode-scrollbarSlider-background) var(--vscode-editor-background); }
  body { margin: 0; padding: 0 20px; background-color: var(--vscode-editor-background); color: var(--vscode-foreground);
    font-family: var(--vscode-font-family); font-size: var(--vscode-font-size); font-weight: var(--vscode-font-weight); }
  input:focus { outline: 1px solid -webkit-focus-ring-color; outline-offset: -1px; }
}`;
}
