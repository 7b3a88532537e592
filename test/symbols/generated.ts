/** A C program of many small functions that call and inline each other, the same at every run. */

/** Numbers that look random and are not (xorshift32). */
export function numbers(seed: number): (below: number) => number {
  let state = seed >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** Source text of one file of the program; functions of several files are told apart by `prefix`. */
export function generatedC(prefix: string, functions: number): string {
  const random = numbers(functions * 31 + prefix.charCodeAt(0));
  const lines = ['extern volatile int sink;', 'typedef int (*visitor)(int, int);'];
  for (let i = 0; i < functions; i++) {
    const kind = ['static inline', 'static', '__attribute__((noinline))', 'static inline __attribute__((always_inline))'][random(4)]!;
    lines.push(`${kind} int ${prefix}${i}(int a, int b)`, '{');
    for (let statements = 1 + random(5); statements > 0; statements--) lines.push(`  ${statement(prefix, i, random)}`);
    lines.push('  return a - b;', '}', '');
  }
  lines.push(`visitor ${prefix}_all[] = {`);
  for (let i = 0; i < functions; i++) if (i % 3 === 0) lines.push(`  ${prefix}${i},`);
  return [...lines, '};', ''].join('\n');
}

function statement(prefix: string, index: number, random: (below: number) => number): string {
  const callee = (): string => (index === 0 ? 'sink' : `${prefix}${Math.max(0, index - 1 - random(6))}(a ^ ${random(9)}, b)`);
  switch (random(5)) {
    case 0:
      return `for (int i = 0; i < (a & ${1 + random(7)}); i++) sink += ${callee()};`;
    case 1:
      return `if (b > ${random(100)}) { a += ${callee()}; } else { b -= sink; }`;
    case 2:
      return `a = ${callee()} * ${2 + random(5)};`;
    case 3:
      return `{ int c = ${callee()}; while (c > ${random(10)}) { c >>= 1; sink = c; } b += c; }`;
    default:
      return `sink = a * b + ${random(1000)};`;
  }
}

/** What calls the functions of the files made with prefixes `a` and `b`. */
export const mainC = `volatile int sink;
typedef int (*visitor)(int, int);
extern visitor a_all[], b_all[];
int main(int argc, char **argv)
{
  for (int i = 0; i < argc; i++) sink += a_all[i](i, argc) + b_all[i](argc, i);
  return sink;
}
`;
