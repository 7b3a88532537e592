/** What xl would refuse in a domain's configuration (errors), and what it would pass over (warnings). */
import { XL_KEYS, type XlKey, type XlType } from './keys.ts';
import type { Span, XlFile, XlSetting, XlValue } from './parse.ts';
import { nearest } from './spelling.ts';

export interface XlFinding {
  readonly span: Span;
  readonly severity: 'error' | 'warning';
  readonly message: string;
}

/** Findings in the order of the text. An empty file, or one that is being begun, has none but its own. */
export function checkXl(file: XlFile): XlFinding[] {
  const findings: XlFinding[] = file.problems.map((problem) => ({ ...problem, severity: 'error' }));
  const settings = new Map<string, XlSetting>();
  for (const setting of file.settings) {
    const earlier = settings.get(setting.key);
    if (earlier && !setting.appends)
      findings.push({
        span: earlier.keySpan,
        severity: 'warning',
        message: `${setting.key} is set again below, and only the last one counts.`,
      });
    settings.set(setting.key, setting);
    findings.push(...checkSetting(setting));
  }
  if (file.problems.length === 0 && file.settings.length > 0) findings.push(...checkWhole(settings));
  return findings.sort((a, b) => a.span.start - b.span.start);
}

function checkSetting({ key, keySpan, value }: XlSetting): XlFinding[] {
  const known = XL_KEYS.get(key);
  if (!known) {
    const meant = nearest(key, XL_KEYS.keys());
    return [
      { span: keySpan, severity: 'warning', message: `xl knows no ${key}, and passes over it.${meant ? ` Is ${meant} meant?` : ''}` },
    ];
  }
  const findings: XlFinding[] = [];
  if (known.deprecated !== undefined)
    findings.push({ span: keySpan, severity: 'warning', message: `${key} is deprecated: use ${known.deprecated}.` });
  const message = typeFault(known, value);
  if (message !== null) findings.push({ span: value.span, severity: 'warning', message });
  else if (known.values.length > 0 && value.kind === 'string' && !known.values.includes(value.text))
    findings.push({ span: value.span, severity: 'error', message: `${key} takes ${alternatives(known.values)}, not "${value.text}".` });
  return findings;
}

/** xl takes "12" for 12, and 12 for "12"; what it cannot read it warns of and passes over. */
function typeFault({ name, types }: XlKey, value: XlValue): string | null {
  const takes = (type: XlType): boolean => types.includes(type);
  if (value.kind === 'list') return takes('list') ? null : `${name} takes one value, not a list, and xl passes over this.`;
  if (takes('string')) return null;
  if (!takes('number') && !takes('boolean')) return `${name} takes a list in [ ], and xl passes over this.`;
  return isNumber(value.text) ? null : `${name} takes a number, and xl passes over this.`;
}

/** As strtol with base 0 reads it. */
const isNumber = (text: string): boolean => /^\s*[+-]?(0x[0-9a-f]+|[0-9]+)$/i.test(text);

/** What only the settings together tell. */
function checkWhole(settings: ReadonlyMap<string, XlSetting>): XlFinding[] {
  const findings: XlFinding[] = [];
  const whole = (message: string, at?: XlSetting): void =>
    void findings.push({ span: at?.keySpan ?? { start: 0, end: 0 }, severity: 'error', message });
  const number = (key: string): number | null => {
    const value = settings.get(key)?.value;
    return value && value.kind !== 'list' && isNumber(value.text) ? Number(value.text) : null;
  };
  if (!settings.has('name')) whole('A guest must have a name: add name = "...".');
  const kind = text(settings.get('type')) ?? (text(settings.get('builder')) === 'hvm' ? 'hvm' : 'pv');
  const boots = ['kernel', 'bootloader', 'firmware'].some((key) => settings.has(key));
  if (kind !== 'hvm' && !boots) whole(`A ${kind} guest must have a kernel or a bootloader.`, settings.get('type') ?? settings.get('name'));
  const [vcpus, maxvcpus] = [number('vcpus'), number('maxvcpus')];
  if (vcpus !== null && maxvcpus !== null && maxvcpus < vcpus)
    whole(`maxvcpus (${maxvcpus}) is less than vcpus (${vcpus}).`, settings.get('maxvcpus'));
  for (const { key, keySpan } of settings.values()) {
    const kinds = XL_KEYS.get(key)?.kinds ?? [];
    if (kinds.length > 0 && !kinds.some((one) => one === kind))
      findings.push({ span: keySpan, severity: 'warning', message: `${key} is for ${alternatives(kinds)} guests; this one is ${kind}.` });
  }
  return findings;
}

function text(setting: XlSetting | undefined): string | undefined {
  return setting?.value.kind === 'string' ? setting.value.text : undefined;
}

function alternatives(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)!}`;
}
