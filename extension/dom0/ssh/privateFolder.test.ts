import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { userInfo } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { privateFolder, processFolder } from './privateFolder.ts';

const own = `ringside-${userInfo().uid}`;
let base: string;
beforeEach(() => {
  base = mkdtempSync('/tmp/rs-');
});
afterEach(() => rmSync(base, { recursive: true }));

test('is made for its user alone', () => {
  expect(privateFolder(base)).toBe(path.join(base, own));
  expect(statSync(path.join(base, own)).mode & 0o777).toBe(0o700);
});

test('one that others could enter is shut', () => {
  mkdirSync(path.join(base, own));
  chmodSync(path.join(base, own), 0o777);
  expect(privateFolder(base)).not.toBeNull();
  expect(statSync(path.join(base, own)).mode & 0o777).toBe(0o700);
});

test('a link that somebody else may have laid is not followed', () => {
  mkdirSync(path.join(base, 'elsewhere'));
  symlinkSync(path.join(base, 'elsewhere'), path.join(base, own));
  expect(privateFolder(base)).toBeNull();
});

test.each(['/nowhere', 'relative', `/tmp/${'long'.repeat(10)}`])('none in %s', (folder) => expect(privateFolder(folder)).toBeNull());

test('folders of processes that have ended are swept away, others stay', () => {
  const ended = path.join(base, 'ask-999999999-x');
  mkdirSync(ended);
  mkdirSync(path.join(base, 'ask-1-y'));
  const first = processFolder(base);
  const second = processFolder(base);
  expect(first).not.toBe(second);
  expect([ended, path.join(base, 'ask-1-y'), first].map((folder) => existsSync(folder))).toEqual([false, true, true]);
});
