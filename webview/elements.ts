/**
 * The controls taken from @vscode-elements/elements, with their names. They style themselves through adoptedStyleSheets and the CSSOM, which
 * a strict `style-src` lets through. Their icons, tabs and menu are not used: the first want codicon.css linked into each shadow root, the
 * second nest one tablist in another, the third has no ARIA roles. Nor is the progress ring, which turns on under reduced motion.
 */
import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-option/index.js';
import '@vscode-elements/elements/dist/vscode-single-select/index.js';
import '@vscode-elements/elements/dist/vscode-textfield/index.js';
import type { VscodeButton } from '@vscode-elements/elements/dist/vscode-button/index.js';
import type { VscodeSingleSelect } from '@vscode-elements/elements/dist/vscode-single-select/index.js';
import type { VscodeTextfield } from '@vscode-elements/elements/dist/vscode-textfield/index.js';

export type { VscodeButton, VscodeSingleSelect, VscodeTextfield };

export function actionButton(text: string, act: () => void, secondary = false): VscodeButton {
  const button = document.createElement('vscode-button');
  button.secondary = secondary;
  button.textContent = text;
  button.addEventListener('click', act);
  return button;
}

export function textField(label: string): VscodeTextfield {
  const field = document.createElement('vscode-textfield');
  field.label = label;
  field.placeholder = label;
  return field;
}
