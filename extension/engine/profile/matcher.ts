/** Which functions a search matches, by name. Patterns come from a person and names from a guest: the time they may take together is bounded. */
import { createContext, Script } from 'node:vm';
import type { SearchQuery } from '../../protocol.ts';
import { Column } from './column.ts';
import type { FunctionInfo } from './locations.ts';
import { Recent } from './recent.ts';

/** A pattern that backtracks for longer over all names is given up. */
const BUDGET_MS = 400;
/** Longer names are matched by their beginning. */
const LONGEST_NAME = 4096;
const KEPT_QUERIES = 8;

/** The pattern cannot be used; the message says why, in words. */
export class PatternError extends Error {
  override readonly name = 'PatternError';
}

export class Matcher {
  private readonly functions: readonly FunctionInfo[];
  private readonly kept = new Recent<string, { test: (name: string) => boolean; flags: Column<Uint8Array> }>(KEPT_QUERIES);

  constructor(functions: readonly FunctionInfo[]) {
    this.functions = functions;
  }

  /** By function: 1 where its name matches. @throws PatternError */
  flags(query: SearchQuery): Uint8Array {
    const key = JSON.stringify([query.text, query.matchCase, query.regex]);
    const entry = this.kept.get(key) ?? { test: testOf(query), flags: new Column(Uint8Array) };
    const { test, flags } = entry;
    const run = (): void => {
      while (flags.length < this.functions.length) flags.push(test(this.functions[flags.length]!.name.slice(0, LONGEST_NAME)) ? 1 : 0);
    };
    if (query.regex) withinBudget(run);
    else run();
    this.kept.set(key, entry);
    return flags.view();
  }
}

function testOf({ text, matchCase, regex }: SearchQuery): (name: string) => boolean {
  if (regex) {
    try {
      const pattern = new RegExp(text, matchCase ? 'u' : 'iu');
      return (name) => pattern.test(name);
    } catch (cause) {
      throw new PatternError(cause instanceof Error ? cause.message : String(cause), { cause });
    }
  }
  if (matchCase) return (name) => name.includes(text);
  const lower = text.toLowerCase();
  return (name) => name.toLowerCase().includes(lower);
}

/** V8 ends a script that runs too long even inside of a regular expression, which is the only way to end one in the same thread. */
function withinBudget(run: () => void): void {
  const context = createContext({ run });
  try {
    script.runInContext(context, { timeout: BUDGET_MS });
  } catch (cause) {
    // It can come from the script's own realm, whose Error is not ours.
    if ((cause as { code?: unknown }).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT')
      throw new PatternError(`This pattern takes too long (over ${BUDGET_MS} ms): make it simpler`, { cause });
    throw cause;
  }
}

const script = new Script('run()');
