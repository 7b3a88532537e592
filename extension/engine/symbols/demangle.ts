/** Names as people write them. */
import { demangleHaskell } from './names/haskell.ts';
import { demangleItanium } from './names/itanium.ts';
import { demangleOcaml } from './names/ocaml.ts';
import { demangleRustLegacy } from './names/rustLegacy.ts';
import { demangleRustV0 } from './names/rustV0.ts';

const known = new Map<string, string | undefined>();
const MAX_KNOWN = 100_000;

/** The name a mangled name stands for; undefined where it is not mangled, or not in a way that is known. */
export function demangled(name: string): string | undefined {
  // most names of C are none of these, by their first letters
  const first = name.charCodeAt(0);
  if (first !== 0x5f && !name.startsWith('caml') && !name.includes('z') && !name.includes('Z')) return undefined;
  let plain = known.get(name);
  if (plain === undefined && !known.has(name)) {
    plain = first === 0x5f ? underscored(name) : (demangleOcaml(name) ?? demangleHaskell(name));
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(name, plain);
  }
  return plain;
}

function underscored(name: string): string | undefined {
  return demangleRustV0(name) ?? demangleRustLegacy(name) ?? demangleItanium(name);
}
