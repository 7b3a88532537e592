/** Which function nodes are the end of an idle stack: an idle loop, or the hypercall that an idle loop is in. */
import type { LocationTable } from './locations.ts';
import { Column } from './column.ts';
import type { FunctionTree } from './functionTree.ts';

/** Idle loops of Mini-OS, Unikraft, OSv, Nanos, Linux, and what V8 and Go call theirs. */
export const IDLE =
  /^(\(idle\)|\[idle\]|idle|idle_(thread|loop|task|fn)\w*|uk_sched_idle\w*|block_domain|(do|cpu|default|native|arch)_idle\w*|(arch_)?cpu_idle\w*|cpuidle_\w+|\w+_idle_enter\w*|intel_idle\w*|acpi_idle\w*|mwait_idle\w*|(pv_)?native_(safe_)?halt|default_idle_call|kernel_sleep|sched::cpu::(do_)?idle\w*|runtime\.(notesleep|futexsleep|usleep|mPark|stopm))$/;

export class IdleNodes {
  private readonly table: LocationTable;
  private readonly tree: FunctionTree;
  private readonly byFunction = new Column(Uint8Array);
  private readonly byNode = new Column(Uint8Array);

  constructor(table: LocationTable, tree: FunctionTree) {
    this.table = table;
    this.tree = tree;
    this.byNode.push(0);
  }

  /** By function node: 1 where a sample that ends in it is idle. */
  flags(): Uint8Array {
    const { table, tree, byFunction, byNode } = this;
    while (byFunction.length < table.functions.length) {
      const { name, category } = table.functions[byFunction.length]!;
      byFunction.push(IDLE.test(name) ? 1 : category === 'hypervisor' ? HYPERCALL : 0);
    }
    while (byNode.length < tree.size) {
      const kind = byFunction.get(tree.functionOf(byNode.length));
      byNode.push(kind === HYPERCALL ? byNode.get(tree.parent(byNode.length)) : kind);
    }
    return byNode.view();
  }
}

/** Neither idle nor busy: as its caller is. */
const HYPERCALL = 2;
