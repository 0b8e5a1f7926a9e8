/** What has to stay because something that refers to it stayed: an action that failed or was skipped drops all that it reaches. */
import type { Action, ActionKind } from '../gc/action.ts';
import type { Graph } from '../gc/graph.ts';
import type { DigestId } from '../inventory/digest-table.ts';
import type { Inventory } from '../inventory/inventory.ts';
import { at } from '../shared/columns.ts';

/** A reference goes whatever becomes of what it names; what is named does not. */
const ALWAYS_GOES: ReadonlySet<ActionKind> = new Set<ActionKind>(['tag', 'tag-index-entry']);

export class Staying {
  private readonly stays: Uint8Array;
  private any = false;

  constructor(
    private readonly inventory: Inventory,
    private readonly graph: Graph,
  ) {
    this.stays = new Uint8Array(graph.nodes);
  }

  /** The target of this action stays: so does all that it reaches. */
  add(action: Action): void {
    const root = this.digestOf(action);
    if (root === undefined) return;
    this.any = true;
    const open: DigestId[] = [root];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      if (this.stays[id] === 1) continue;
      this.stays[id] = 1;
      for (const { start, target } of [this.graph.references, this.graph.referrers]) {
        for (let edge = at(start, id); edge < at(start, id + 1); edge++) open.push(at(target, edge));
      }
    }
  }

  holds(action: Action): boolean {
    if (!this.any || ALWAYS_GOES.has(action.kind)) return false;
    const id = this.digestOf(action);
    return id !== undefined && this.stays[id] === 1;
  }

  private digestOf(action: Action): DigestId | undefined {
    return action.refersTo ?? (action.digest === undefined ? undefined : this.inventory.digests.find(action.digest));
  }
}
