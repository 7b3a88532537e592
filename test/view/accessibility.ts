/** What an accessibility engine (axe) finds in a view. */
import axe from 'axe-core';
import type { ViewPage } from './page.ts';

interface Axe {
  run(
    where: object,
    options?: object,
  ): Promise<{ violations: { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[] }>;
}

/** Serious and critical findings: rule, and the first elements. */
export async function findings({ page }: ViewPage): Promise<string[]> {
  await page.evaluate(axe.source);
  const violations = await page.evaluate(async () => {
    const { axe: engine } = globalThis as unknown as { axe: Axe };
    const whole = await engine.run({ exclude: ['.flame-tree'] });
    // Frames are named in full while their labels are cut to the room there is, so a label cannot be a part of the name.
    const graph = await engine.run({ include: ['.flame'] }, { rules: { 'label-content-name-mismatch': { enabled: false } } });
    return [...whole.violations, ...graph.violations];
  });
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => {
      const first = nodes.slice(0, 3).map(({ html, failureSummary }) => `${html.slice(0, 200)} ${failureSummary}`);
      return `${id}: ${first.join(' | ')}`;
    });
}
