/** A vitest reporter that counts: what passed, what failed, what was skipped and why; what passed at a second attempt only it prints. `node test/run.mjs` reads what it writes. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Reporter, SerializedError, TestModule } from 'vitest/node';

export interface Tally {
  passed: number;
  failed: number;
  skipped: { test: string; reason: string }[];
}

export default class TallyReporter implements Reporter {
  /** Writes the tally as JSON to the file named by RINGSIDE_TALLY. */
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const file = process.env['RINGSIDE_TALLY'];
    if (file === undefined) return;
    const tally: Tally = { passed: 0, failed: unhandled.length, skipped: [] };
    for (const module of modules) count(module, tally);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(tally, null, 1));
  }
}

function count(module: TestModule, tally: Tally): void {
  const failedBefore = tally.failed;
  for (const test of module.children.allTests()) {
    const result = test.result();
    switch (result.state) {
      case 'passed':
        tally.passed++;
        if (test.diagnostic()?.flaky === true)
          console.log(`passed at the second attempt: ${test.fullName}: ${result.errors?.[0]?.message ?? ''}`);
        break;
      case 'skipped':
        tally.skipped.push({ test: test.fullName, reason: result.note ?? 'no reason given' });
        break;
      case 'failed':
      case 'pending': // it never came to its end
        tally.failed++;
    }
  }
  // A file that could not be loaded, or whose hooks failed, may hold no failed test.
  if (tally.failed === failedBefore && module.state() === 'failed') tally.failed++;
}
