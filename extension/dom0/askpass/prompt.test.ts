import { expect, test } from 'vitest';
import { classifyPrompt, cleanPrompt, type QuestionKind } from './prompt.ts';

// OpenSSH 7.4, 8.4, 9.2 and 10.0, and what PAM modules make of keyboard-interactive.
const rows: [string, QuestionKind][] = [
  [
    "The authenticity of host 'dom0 (10.0.0.1)' can't be established.\nECDSA key fingerprint is SHA256:abc+/d.\nECDSA key fingerprint is MD5:00:11.\nAre you sure you want to continue connecting (yes/no)? ",
    { kind: 'host-authenticity', host: 'dom0 (10.0.0.1)', keyType: 'ECDSA', fingerprint: 'SHA256:abc+/d' },
  ],
  [
    "The authenticity of host '[dom0]:2222 ([10.0.0.1]:2222)' can't be established.\nED25519 key fingerprint is SHA256:1eMFpuBLEbkvECcBPzTqeURxCm7XcxOo7mmTyC6YOcE.\nThis key is not known by any other names.\nAre you sure you want to continue connecting (yes/no/[fingerprint])? ",
    {
      kind: 'host-authenticity',
      host: '[dom0]:2222 ([10.0.0.1]:2222)',
      keyType: 'ED25519',
      fingerprint: 'SHA256:1eMFpuBLEbkvECcBPzTqeURxCm7XcxOo7mmTyC6YOcE',
    },
  ],
  [
    "The authenticity of host 'h (::1)' can't be established.\nED25519 key fingerprint is: SHA256:xyz\nThis host key is known by the following other names/addresses:\n    ~/.ssh/known_hosts:1: other\nAre you sure you want to continue connecting (yes/no/[fingerprint])? ",
    { kind: 'host-authenticity', host: 'h (::1)', keyType: 'ED25519', fingerprint: 'SHA256:xyz' },
  ],
  [
    "The authenticity of host '[10.0.0.1]:2222 ([10.0.0.1]:2222)' can't be established.\nED25519 key fingerprint is SHA256:xyz.\n",
    { kind: 'host-authenticity', host: '[10.0.0.1]:2222', keyType: 'ED25519', fingerprint: 'SHA256:xyz' },
  ],
  ["Enter passphrase for key '/home/u/.ssh/id_ed25519': ", { kind: 'passphrase', key: '/home/u/.ssh/id_ed25519' }],
  ["Enter passphrase for key '/k/it's': ", { kind: 'passphrase', key: "/k/it's" }],
  ['Enter passphrase for RSA key /k/id: ', { kind: 'passphrase', key: '/k/id' }],
  ["root@dom0's password: ", { kind: 'password', user: 'root@dom0' }],
  ['(root@dom0) Password: ', { kind: 'password', user: 'root@dom0' }],
  ['Password: ', { kind: 'password', user: null }],
  ['Password:', { kind: 'password', user: null }],
  ['Password for root@dom0:', { kind: 'password', user: 'root@dom0' }],
  ['Verification code: ', { kind: 'code' }],
  ['(root@dom0) Verification code: ', { kind: 'code' }],
  ["One-time password (OATH) for `root': ", { kind: 'code' }],
  ['Enter your OTP: ', { kind: 'code' }],
  ['Passcode or option (1-3): ', { kind: 'code' }],
  ['Enter your authentication code: ', { kind: 'code' }],
  ['Enter PIN for ED25519-SK key /home/u/.ssh/id_ed25519_sk: ', { kind: 'pin', key: '/home/u/.ssh/id_ed25519_sk' }],
  ['Enter PIN and confirm user presence for ED25519-SK key SHA256:abc: ', { kind: 'pin', key: 'SHA256:abc' }],
  ["Enter PIN for 'PIV_II (PIV Card Holder pin)': ", { kind: 'pin', key: 'PIV_II (PIV Card Holder pin)' }],
  ['Enter PIN for authenticator: ', { kind: 'pin', key: 'authenticator' }],
  ['Confirm user presence for key ED25519-SK SHA256:abc', { kind: 'user-presence' }],
  ["Enter root@dom0's new password: ", { kind: 'other' }],
  ["Retype root@dom0's new password: ", { kind: 'other' }],
  ['What is your favourite colour? ', { kind: 'other' }],
  ["Please type 'yes', 'no' or the fingerprint: ", { kind: 'other' }],
  ['', { kind: 'other' }],
];

test.each(rows)('%j', (text, expected) => expect(classifyPrompt(text)).toEqual(expected));

test('a notice needs no answer', () => expect(classifyPrompt('Touch it', 'none')).toEqual({ kind: 'user-presence' }));

test('a prompt cannot paint the screen', () => {
  expect(cleanPrompt('\x1b[2J\x07Password\u202e: \r\nnext')).toBe('[2JPassword: \nnext');
  expect(cleanPrompt('x'.repeat(1e6))).toHaveLength(4096);
});
