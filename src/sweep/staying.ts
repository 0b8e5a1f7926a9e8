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
  /** Repositories of which something stays that was to go. */
  private readonly keeping = new Set<string>();
  private any = false;

  constructor(
    private readonly inventory: Inventory,
    private readonly graph: Graph,
  ) {
    this.stays = new Uint8Array(graph.nodes);
  }

  /** The target of this action stays: so does all that it reaches. */
  add(action: Action): void {
    this.keep(action);
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
    // A repository that keeps anything keeps its folders, empty or not: without one of them its images pass for garbage.
    if (action.kind === 'empty-directory')
      return action.repository !== undefined && this.keeping.has(action.repository);
    if (!this.any || ALWAYS_GOES.has(action.kind)) return false;
    const id = this.digestOf(action);
    const held = id !== undefined && this.stays[id] === 1;
    if (held) this.keep(action);
    return held;
  }

  private keep({ repository }: Action): void {
    if (repository !== undefined) this.keeping.add(repository);
  }

  private digestOf(action: Action): DigestId | undefined {
    return action.refersTo ?? (action.digest === undefined ? undefined : this.inventory.digests.find(action.digest));
  }
}
