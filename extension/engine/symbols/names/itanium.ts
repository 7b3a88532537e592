/** Names mangled by C++ compilers (Itanium C++ ABI, section 5.1), written as llvm's tools write them. */
import { NotMangled } from './itaniumCursor.ts';
import { NameParser } from './itaniumNames.ts';
import { MAX_TEXT, NameTooLong } from './itaniumNodes.ts';

/** @returns undefined where the name is no C++ name that is understood as a whole */
export function demangleItanium(mangled: string): string | undefined {
  if (!/^_{1,4}Z/.test(mangled) || mangled.length > 16 * 1024) return undefined;
  try {
    const parser = new NameParser(mangled, mangled.indexOf('Z') + 1);
    const node = parser.encoding();
    const suffix = parser.rest();
    if (suffix !== '' && !suffix.startsWith('.')) return undefined;
    const text = node.text({ packIndex: 0, packLength: -1, budget: MAX_TEXT });
    return suffix === '' ? text : `${text} (${suffix})`;
  } catch (error) {
    if (error instanceof NotMangled || error instanceof NameTooLong) return undefined;
    throw error;
  }
}
