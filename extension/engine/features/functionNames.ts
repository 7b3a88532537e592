/** The name of a function as it stands in the source: without its scope, its parameters and its template arguments. */

/** `ns::Map<int>::find(int) const` is `find`; `main.(*Server).handle` is `handle`; `core::ptr::drop_in_place<T>` is `drop_in_place`. */
export function sourceName(name: string): string {
  const bare = withoutArguments(name.replace(/\s*\[(clone|abi:)[^\]]*\]/g, '').replace(/^(.+\)) (const|volatile|&&?|noexcept)+$/, '$1'));
  const last = bare.split(/::|\.|#/).at(-1) ?? '';
  return /[~\w$']+$/.exec(last.trim())?.[0] ?? '';
}

/** What stands in angle brackets and in trailing parentheses, left out. Operators, such as `operator<`, are no identifiers and stay unfound. */
function withoutArguments(name: string): string {
  let text = '';
  let angles = 0;
  for (const character of name) {
    if (character === '<') angles++;
    if (angles === 0) text += character;
    if (character === '>' && angles > 0) angles--;
  }
  return text.replace(/\([^()]*(\([^()]*\)[^()]*)*\)$/, '');
}
