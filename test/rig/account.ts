/** A guest's own account of where its time went, as it prints it (test/guests/pantry/account.c). */

/** Milliseconds since the guest started, by the function that did the work. */
export type VcpuAccount = Readonly<Record<string, number>>;

/**
 * The latest account of each vCPU, by its index, from the text of a guest's console. The console may have been cut anywhere: a line
 * counts when its end is there.
 */
export function latestAccount(consoleText: string): VcpuAccount[] {
  const accounts: VcpuAccount[] = [];
  for (const [, vcpu, kinds] of consoleText.matchAll(/^pantry: vcpu (\d) ms((?: \w+=\d+)+)\r?\n/gm)) {
    accounts[Number(vcpu)] = Object.fromEntries(
      kinds!
        .trim()
        .split(' ')
        .map((kind) => kind.split('='))
        .map(([name, ms]) => [name!, Number(ms)]),
    );
  }
  return accounts;
}

/** What was done between two accounts of the same vCPU, as shares of the whole that add up to 1. */
export function shares(before: VcpuAccount, after: VcpuAccount): Record<string, number> {
  const spent = Object.entries(after).map(([name, ms]) => [name, ms - (before[name] ?? 0)] as const);
  const total = spent.reduce((sum, [, ms]) => sum + ms, 0);
  return Object.fromEntries(spent.map(([name, ms]) => [name, total === 0 ? 0 : ms / total]));
}
