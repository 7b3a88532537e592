/** vitest's matchers of text, with the type that they stand for. */
import { expect } from 'vitest';

export const containing = (text: string): string => expect.stringContaining(text) as string;
export const matching = (pattern: RegExp): string => expect.stringMatching(pattern) as string;
