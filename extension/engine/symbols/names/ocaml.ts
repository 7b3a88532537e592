/**
 * OCaml's names: `camlModule__function_12` before 5.1.1, `camlModule.function_12` to 5.3, `camlModule$function_12` from 5.4. The number at the end
 * tells functions of one name apart. What an identifier cannot hold is written as $ and two hexadecimal digits.
 */
export function demangleOcaml(mangled: string): string | undefined {
  const match = /^caml([A-Z][\w.$']*)$/.exec(mangled);
  if (!match) return undefined;
  const body = match[1]!;
  const separator = /[a-z0-9_']\./.test(body) ? '.' : /\$(?![0-9a-f]{2})/.test(body) ? '$' : '__';
  const at = body.lastIndexOf(separator);
  if (at <= 0) return undefined;
  const modules = body
    .slice(0, at)
    .split(separator)
    .flatMap((part) => part.split('__'));
  const name = body.slice(at + separator.length).replace(/_\d+$/, '');
  if (name === '' || modules.includes('')) return undefined;
  return [...modules, name].map(unescaped).join('.');
}

function unescaped(part: string): string {
  return part.replace(/\$([0-9a-f]{2})/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
}
