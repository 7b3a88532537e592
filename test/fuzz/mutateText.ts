/** Damage done to text: what importers of text are weakest at. The same run does the same. */
import { numbers } from '../symbols/generated.ts';

const PIECES = [
  '',
  '\n',
  '\n\n',
  ' ',
  ';',
  '0',
  '-1',
  '1e308',
  '1e999',
  '9'.repeat(400),
  '{',
  '}',
  '[',
  ']',
  '"',
  ',',
  ':',
  'null',
  'true',
  '\\u0000',
  '\ud83d',
  '\u202e',
  '(',
  ')',
  'a'.repeat(5000),
  '\t'.repeat(3000),
  '18446744073709551616',
  '4294967295',
];

export function textMutated(seed: Uint8Array, run: number): Uint8Array {
  const random = numbers(run * 2654435761 + 1);
  for (let i = 0; i < 4; i++) random(2);
  let text = Buffer.from(seed).toString('utf8');
  for (let count = 1 + random(4); count > 0; count--) {
    const at = random(text.length + 1);
    const length = random(3) === 0 ? random(200) : random(4);
    switch (random(5)) {
      case 0: // cut out
        text = text.slice(0, at) + text.slice(at + length);
        break;
      case 1: // put in
        text = text.slice(0, at) + PIECES[random(PIECES.length)]! + text.slice(at);
        break;
      case 2: // a number, or a word, is another
        text = text.slice(0, at) + text.slice(at).replace(/\d+|\w+/, PIECES[random(PIECES.length)]!);
        break;
      case 3: // a part again, elsewhere
        text = text.slice(0, at) + text.slice(random(text.length + 1)).slice(0, length) + text.slice(at);
        break;
      default: // cut short
        if (random(4) === 0) text = text.slice(0, at);
    }
  }
  return Buffer.from(text, 'utf8');
}
