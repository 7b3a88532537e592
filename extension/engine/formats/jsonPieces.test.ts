import { describe, expect, it } from 'vitest';
import { parseInPieces } from './jsonPieces.ts';

function parse(text: string): { value: unknown; steps: number } {
  const steps = parseInPieces(Buffer.from(text));
  for (let count = 0; ; count++) {
    const step = steps.next();
    if (step.done === true) return { value: step.value, steps: count };
  }
}

const long = {
  numbers: Array.from({ length: 200_000 }, (_, i) => i / 3),
  'odd names: ",]}\\': [{ text: 'brackets ]}[{ and "quotes\\" and \u2028, é' }, [], {}, null, true, ''],
  nested: { deeper: Array.from({ length: 3000 }, (_, i) => ({ i, stack: Array.from({ length: i % 80 }, (__, at) => at) })) },
  huge: 'x,]'.repeat(200_000),
};

describe('JSON in pieces', () => {
  it.each([
    ['in one line', JSON.stringify(long)],
    ['on many', JSON.stringify(long, null, 2)],
    ['as an array', JSON.stringify([long, long])],
  ])('is what JSON.parse makes of it, %s', (_, text) => {
    const { value, steps } = parse(text);
    expect(value).toEqual(JSON.parse(text));
    expect(steps).toBeGreaterThan(5);
  });

  it.each(['1', ' "a" ', '[]', '{}', '[ ]', 'true', '{"__proto__": 1}', '[1 , 2]\n'])('%s', (text) =>
    expect(parse(text).value).toEqual(JSON.parse(text)),
  );

  const body = JSON.stringify(long.numbers);
  it.each([
    '',
    '[',
    '{"a": }',
    '[1,]',
    '[1 2]',
    '{"a" 1}',
    '[1] 2',
    `${body.slice(0, -1)},]`,
    body.slice(0, -1),
    `${body}]`,
    `{"a":${body},}`,
    `{a:${body}}`,
    `{"a":${body} "b":1}`,
    `[${body},,1]`,
    `["${'x'.repeat(300_000)}`,
    `[${'['.repeat(400_000)}`,
    `{"a":${body}]`,
  ])('is refused where it is none (case %#)', (text) => {
    expect(() => JSON.parse(text) as unknown).toThrow();
    expect(() => parse(text)).toThrow(SyntaxError);
  });
});
