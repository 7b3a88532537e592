/**
 * Every message between Ringside's processes. Types only.
 *
 *   dom0 agent  --photograph stream-->  extension host  --EngineRequests-->  engine (language server)
 *   webview  <--ToView / FromView-->  extension host
 *
 * Addresses cross process borders as lower-case hexadecimal strings with a leading `0x`, because JSON has no 64-bit integers.
 */

export type * from './protocol/dom0.ts';
export type * from './protocol/profile.ts';
export type * from './protocol/answers.ts';
export type * from './protocol/comparison.ts';
export type * from './protocol/sources.ts';
export type * from './protocol/engine.ts';
export type * from './protocol/view.ts';
