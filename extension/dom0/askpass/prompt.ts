/** What ssh asks, told apart by its words. OpenSSH 7.4 to 10 (sshconnect.c, sshconnect2.c, ssh-pkcs11.c, readpass.c). */

export type SshQuestion = {
  /** The question in ssh's own words, without control characters. Parts of it come from the host: never trust it as markup. */
  readonly text: string;
  /** The ssh destination of the host that is being connected. */
  readonly destination: string;
  /** Aborts when ssh no longer waits for an answer: take the question away. */
  readonly signal: AbortSignal;
  /** ssh asks this again: how many answers it has had since it last did. That one, or one of these, was not accepted. 0: it asks for the first time. */
  readonly answersRefused: number;
} & QuestionKind;

export type QuestionKind =
  /** The answer `yes` accepts the key, everything else refuses it. */
  | { readonly kind: 'host-authenticity'; readonly host: string; readonly keyType: string; readonly fingerprint: string }
  | { readonly kind: 'passphrase'; readonly key: string }
  | { readonly kind: 'password'; readonly user: string | null }
  | { readonly kind: 'pin'; readonly key: string }
  /** A verification code or one-time password. */
  | { readonly kind: 'code' }
  /** Nothing to answer: touch the security key. */
  | { readonly kind: 'user-presence' }
  | { readonly kind: 'other' };

/** How ssh's questions reach a person. null: cancelled, which ends the connection; for a host key: No. */
export interface Prompter {
  ask(question: SshQuestion): Promise<string | null>;
}

const LONGEST = 4096;

/** Leaves printable text and line ends: a host's own prompts could otherwise paint what they like. */
export function cleanPrompt(text: string): string {
  return text.slice(0, LONGEST).replaceAll(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '');
}

/**
 * Which question it is.
 * @param hint SSH_ASKPASS_PROMPT as ssh sets it since 8.4: `confirm`, `none` (a notice that needs no answer), or absent
 */
export function classifyPrompt(text: string, hint?: string): QuestionKind {
  const authenticity = /authenticity of host '(.+?)' can't be established/.exec(text);
  if (authenticity) {
    const key = /(\S+) key fingerprint is:?\s+(\S+?)\.?(?:\s|$)/.exec(text);
    // ssh adds the address, which may be the name itself
    const host = authenticity[1]!.replace(/^(.+) \(\1\)$/, '$1');
    return { kind: 'host-authenticity', host, keyType: key?.[1] ?? 'unknown', fingerprint: key?.[2] ?? 'unknown' };
  }
  if (hint === 'none' || text.startsWith('Confirm user presence for key')) return { kind: 'user-presence' };
  const pin = /^Enter PIN (?:and confirm user presence )?for (?:\S+ key )?'?(.+?)'?:\s*$/.exec(text) ?? /\bPIN\b.*:\s*$/.exec(text);
  if (pin) return { kind: 'pin', key: pin[1] ?? '' };
  const passphrase = /^(?:Enter|Bad) passphrase(?:, try again)? for (?:\S+ )?(?:key )?'?(.+?)'?:\s*$/.exec(text);
  if (passphrase) return { kind: 'passphrase', key: passphrase[1]! };
  if (
    /\b(?:verification|authenticat(?:or|ion)|token|security|access|login|sms|2fa|mfa|otp|one[- ]time)\b.*\b(?:code|password|token|passcode)\b|\b(?:otp|passcode|2fa)\b|^(?:\(\S+\) )?code:/i.test(
      text,
    )
  ) {
    return { kind: 'code' };
  }
  // A password that is to be changed is three questions; they need their own words.
  if (/\b(?:new|old|current|retype)\b/i.test(text)) return { kind: 'other' };
  const password = /^(?:\((\S+?)\) )?(?:(\S+@\S+?)'s )?password(?: for (\S+?))?\s*:\s*$/i.exec(text);
  if (password) return { kind: 'password', user: password[1] ?? password[2] ?? password[3] ?? null };
  return { kind: 'other' };
}
