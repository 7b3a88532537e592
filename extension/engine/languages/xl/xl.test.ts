import { describe as group, expect, it } from 'vitest';
import { describe, offersAt, settingAt } from './assist.ts';
import { checkXl } from './check.ts';
import { XL_KEYS } from './keys.ts';
import { parseXl } from './parse.ts';

const base = 'name="x"\nkernel="/k"\ntype="pv"\n';
/** `severity line: message` of each finding. */
const findings = (text: string): string[] =>
  checkXl(parseXl(text)).map(({ span, severity, message }) => `${severity} ${text.slice(0, span.start).split('\n').length}: ${message}`);

group('what xl takes', () => {
  it.each([
    ['the least', base],
    ['no end of line at the end', base.trimEnd()],
    ['semicolons', 'name="x";kernel="/k";type="pv"'],
    ['comments', `# c\n${base}memory = 32 # e\n`],
    ['lists over lines, and a comma at the end', `${base}vif=[\n'',\n''\n,]\n`],
    ['lists in lists', `${base}vnuma=[["pnode=0","size=64"]]\n`],
    ['appending', `${base}vif=['']\nvif+=['']\n`],
    ['numbers in hexadecimal or in quotes', `${base}memory=0x40\nvcpus="2"\n`],
    ['escaped quotes', `${base}extra="a\\"b"\n`],
    ['nothing', ''],
  ])('%s', (_, text) => expect(findings(text)).toEqual([]));
});

group('what xl refuses', () => {
  it.each([
    ['bare words', `${base}extra=quiet\n`, 'error 4: A word must stand in quotes: "quiet".'],
    ['true', `${base}nomigrate=true\n`, 'error 4: A word must stand in quotes: "true".'],
    ['open strings', `${base}extra="quiet\n`, 'error 4: This string has no closing quote on its line.'],
    ['open lists', `${base}vif=['',\n`, 'error 4: This list has no closing ].'],
    ['a value on the next line', `${base}vif=\n['']\n`, 'error 4: Expected a value: a number, a string in quotes, or a list in [ ].'],
    ['two on a line', `${base}vcpus=1 memory=3\n`, 'error 4: Expected the end of the line: one setting to a line, or a ; between two.'],
    ['capital letters', `${base}Memory=32\n`, 'error 4: Expected the name of a setting, in small letters.'],
    ['CRLF', base.replaceAll('\n', '\r\n'), 'error 1: xl does not take the line endings of Windows (CRLF): save the file with LF.'],
    ['no =', `${base}memory 32\n`, 'error 4: Expected = after memory.'],
    ['a wrong action', `${base}on_crash="burn"\n`, /^error 4: on_crash takes destroy, .* or soft-reset, not "burn"\.$/],
    ['no name', 'kernel="/k"\n', 'error 1: A guest must have a name: add name = "...".'],
    ['no kernel', 'name="x"\ntype="pvh"\n', 'error 2: A pvh guest must have a kernel or a bootloader.'],
    ['maxvcpus below vcpus', `${base}vcpus=4\nmaxvcpus=2\n`, 'error 5: maxvcpus (2) is less than vcpus (4).'],
  ])('%s', (_, text, message) => expect(findings(text)[0]).toEqual(typeof message === 'string' ? message : expect.stringMatching(message)));
});

group('what xl passes over', () => {
  it.each([
    ['unknown keys', `${base}memroy=32\n`, 'warning 4: xl knows no memroy, and passes over it. Is memory meant?'],
    ['keys like no other', `${base}zzz=32\n`, 'warning 4: xl knows no zzz, and passes over it.'],
    ['words for numbers', `${base}memory="lots"\n`, 'warning 4: memory takes a number, and xl passes over this.'],
    ['lists for numbers', `${base}memory=[64]\n`, 'warning 4: memory takes one value, not a list, and xl passes over this.'],
    ['strings for lists', `${base}disk="phy:x,xvda,w"\n`, 'warning 4: disk takes a list in [ ], and xl passes over this.'],
    ['what is set twice', `${base}memory=32\nmemory=64\n`, 'warning 4: memory is set again below, and only the last one counts.'],
    ['what is for other guests', `${base}vga="stdvga"\n`, 'warning 4: vga is for hvm guests; this one is pv.'],
    ['what is deprecated', 'name="x"\nbuilder="hvm"\n', 'warning 2: builder is deprecated: use type.'],
  ])('%s', (_, text, message) => expect(findings(text)).toEqual([message]));
});

it('goes on after a broken line', () => {
  const { settings, problems } = parseXl('name = x\nmemory = 3\n= 4\nvcpus = 1\n');
  expect(settings.map(({ key }) => key)).toEqual(['memory', 'vcpus']);
  expect(problems).toHaveLength(2);
});

it('does not follow lists down for ever', () =>
  expect(parseXl(`a=${'['.repeat(100_000)}`).problems[0]!.message).toBe('Lists are nested more than 16 deep.'));

it('every key of the table is whole', () => {
  for (const { name, types, text } of XL_KEYS.values()) {
    expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
    expect(types.length, name).toBeGreaterThan(0);
    expect(text, name).toMatch(/\.$/);
  }
  expect(XL_KEYS.size).toBeGreaterThan(120);
});

group('offers', () => {
  const labels = (text: string): string[] => offersAt(text, text.length).map(({ label }) => label);
  it('keys that are not there yet', () => {
    expect(labels('name = "x"\nm')).toContain('memory');
    expect(labels('name = "x"\n')).not.toContain('name');
  });
  it('values, in quotes where there are none yet', () => {
    expect(offersAt('type = ', 7).map(({ snippet }) => snippet)).toEqual(['"pv"', '"pvh"', '"hvm"']);
    expect(offersAt('type = "p', 9).map(({ snippet }) => snippet)).toEqual(['pv', 'pvh', 'hvm']);
    expect(labels('nomigrate = ')).toEqual(['1', '0']);
  });
  it('nothing within comments, lists and other values', () => {
    for (const text of ['# na', 'vif = [\n', 'extra = "quiet ', 'vif = [ "']) expect(labels(text)).toEqual([]);
  });
});

it('tells what a key means', () => {
  expect(describe(settingAt('\non_crash="preserve"', 3)!.known)).toMatch(/^\*\*on_crash\*\* — string\n\nWhat to do when the guest crashes/);
  expect(settingAt('on_crash="preserve"', 12)).toBeNull();
});
