/** What the editor offers while a domain's configuration is written: keys, their values, and what a key means. */
import { XL_KEYS, type XlKey } from './keys.ts';
import { parseXl, type XlSetting } from './parse.ts';

export interface XlOffer {
  readonly label: string;
  readonly detail: string;
  readonly text: string;
  /** What is put in, with $1 where the cursor goes. */
  readonly snippet: string;
  readonly deprecated: boolean;
}

/** Offers at an offset: values after a key's =, keys at the start of a setting, nothing within other values and comments. */
export function offersAt(text: string, offset: number): XlOffer[] {
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
  const assigned = /^\s*([a-z][_0-9a-z]*)\s*\+?=\s*(["']?)[^"'#]*$/.exec(line);
  if (assigned) return valueOffers(XL_KEYS.get(assigned[1]!), assigned[2]!);
  if (!/^\s*[a-z_0-9]*$/.test(line) || insideList(text, offset)) return [];
  const taken = new Set(parseXl(text).settings.map(({ key }) => key));
  return [...XL_KEYS.values()].filter(({ name }) => !taken.has(name)).map(keyOffer);
}

function insideList(text: string, offset: number): boolean {
  const before = text.slice(0, offset).replaceAll(/#[^\n]*|"[^"\n]*"|'[^'\n]*'/g, '');
  return before.lastIndexOf('[') > before.lastIndexOf(']');
}

function keyOffer(key: XlKey): XlOffer {
  const body = { string: '"$1"', number: '$1', boolean: '${1:1}', list: "[ '$1' ]" }[key.types[0]!];
  return {
    label: key.name,
    detail: detail(key),
    text: key.text,
    snippet: `${key.name} = ${body}`,
    deprecated: key.deprecated !== undefined,
  };
}

function valueOffers(key: XlKey | undefined, quote: string): XlOffer[] {
  if (!key) return [];
  const values = key.values.length > 0 ? key.values : key.types[0] === 'boolean' && quote === '' ? ['1', '0'] : [];
  return values.map((value) => ({
    label: value,
    detail: key.name,
    text: '',
    snippet: quote !== '' || key.types[0] === 'boolean' ? value : `"${value}"`,
    deprecated: false,
  }));
}

/** The setting whose key or value is at an offset, with what is documented of it. */
export function settingAt(text: string, offset: number): { setting: XlSetting; known: XlKey } | null {
  for (const setting of parseXl(text).settings) {
    const known = XL_KEYS.get(setting.key);
    if (known && offset >= setting.keySpan.start && offset <= setting.keySpan.end) return { setting, known };
  }
  return null;
}

/** Markdown of a key. */
export function describe(key: XlKey): string {
  const lines = [`**${key.name}** — ${detail(key)}`, key.text];
  if (key.values.length > 0) lines.push(`Values: ${key.values.map((value) => `\`${value}\``).join(', ')}`);
  if (key.deprecated !== undefined) lines.push(`Deprecated: use \`${key.deprecated}\`.`);
  return lines.join('\n\n');
}

function detail({ types, kinds }: XlKey): string {
  return `${types.join(' or ')}${kinds.length > 0 ? `, ${kinds.join(' and ')} guests` : ''}`;
}
