/** Rust's first mangling: C++'s nested names with an escape for what C++ has no letters for, and a hash at the end. */

const escapes: Readonly<Record<string, string>> = {
  SP: '@',
  BP: '*',
  RF: '&',
  LT: '<',
  GT: '>',
  LP: '(',
  RP: ')',
  C: ',',
};

/** @returns undefined where it is not Rust's: a C++ name without the hash */
export function demangleRustLegacy(mangled: string): string | undefined {
  const body = /^_?_?ZN(.*17h[0-9a-f]{16}E)(\.[\w.]+)?$/.exec(mangled);
  if (!body) return undefined;
  const text = body[1]!;
  const parts: string[] = [];
  let at = 0;
  while (text[at] !== 'E') {
    const digits = /^\d+/.exec(text.slice(at, at + 6))?.[0];
    if (digits === undefined) return undefined;
    const start = at + digits.length;
    at = start + Number(digits);
    if (at >= text.length) return undefined;
    parts.push(text.slice(start, at));
  }
  if (at !== text.length - 1) return undefined;
  // the hash tells instances of one generic function apart; people read the path
  return parts.slice(0, -1).map(unescaped).join('::');
}

function unescaped(part: string): string {
  return (part.startsWith('_$') ? part.slice(1) : part)
    .replace(/\$(?:u([0-9a-f]{1,6})|([A-Z]{1,2}))\$/g, (whole, code: string | undefined, name: string | undefined) => {
      if (code === undefined) return escapes[name!] ?? whole;
      const point = parseInt(code, 16);
      return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
    })
    .replace(/\.\./g, '::');
}
