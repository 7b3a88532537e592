/** GHC's z-encoding: `base_GHCziBase_map_info` is `base:GHC.Base.map`, as compiled code of the kind `info`. */

const letters: Readonly<Record<string, string>> = {
  za: '&',
  zb: '|',
  zc: '^',
  zd: '$',
  ze: '=',
  zg: '>',
  zh: '#',
  zi: '.',
  zl: '<',
  zm: '-',
  zn: '!',
  zp: '+',
  zq: "'",
  zr: '\\',
  zs: '/',
  zt: '*',
  zu: '_',
  zv: '%',
  zz: 'z',
  ZZ: 'Z',
  ZC: ':',
  ZL: '(',
  ZR: ')',
  ZM: '[',
  ZN: ']',
};

/** @returns undefined for names that are not GHC's: they end in what kind of code or data they are */
export function demangleHaskell(mangled: string): string | undefined {
  const match = /^((?:[a-z][\w]*?_)?)([A-Z]\w*?)_(\w+)_(info|con_info|entry|closure|slow|fast|bytes|srt|con_entry|ret)$/.exec(mangled);
  if (!match || !/z[a-z]|Z[A-Z]/.test(mangled)) return undefined;
  const [, unit, module, name] = match;
  return `${unit ? `${decoded(unit.slice(0, -1))}:` : ''}${decoded(module!)}.${decoded(name!)}`;
}

function decoded(text: string): string {
  return text.replace(/z([0-9][0-9a-f]*)U|Z(\d+)T|Z(\d+)H|[zZ][a-zA-Z]/g, (whole, point?: string, tuple?: string, unboxed?: string) => {
    if (point !== undefined) return parseInt(point, 16) <= 0x10ffff ? String.fromCodePoint(parseInt(point, 16)) : whole;
    if (tuple !== undefined) return `(${','.repeat(Math.min(64, Math.max(0, Number(tuple) - 1)))})`;
    if (unboxed !== undefined) return `(#${','.repeat(Math.min(64, Math.max(0, Number(unboxed) - 1)))}#)`;
    return letters[whole] ?? whole;
  });
}
