import { expect, it } from 'vitest';
import { chordOf } from './keys.ts';

const plain = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };
it.each([
  [{ key: 'ArrowLeft', code: 'ArrowLeft', altKey: true }, 'Alt+Left'],
  [{ key: 'Enter', code: 'Enter', ctrlKey: true, altKey: true }, 'Mod+Alt+Enter'],
  [{ key: 'f', code: 'KeyF', metaKey: true }, 'Mod+F'],
  [{ key: 'z', code: 'KeyW' }, 'W'],
  [{ key: '?', code: 'Slash', shiftKey: true }, '?'],
  [{ key: '+', code: 'Equal', shiftKey: true }, '+'],
  [{ key: 'F10', code: 'F10', shiftKey: true }, 'Shift+F10'],
  [{ key: '0', code: 'Digit0' }, '0'],
])('%j is %s', (event, chord) => expect(chordOf({ ...plain, ...event })).toBe(chord));
