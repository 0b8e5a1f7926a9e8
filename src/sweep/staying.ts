/** What has to stay because something that refers to it stayed: what fails or is left drops all that it reaches. */
import type { Action } from '../gc/action.ts';
import type { Graph } from '../gc/graph.ts';
import { reach } from '../gc/reachability.ts';
import { namedByTag, TagSubjects, withFollowers } from '../gc/tag-subjects.ts';
import type { DigestId } from '../inventory/digest-table.ts';
import { NONE, type Inventory } from '../inventory/inventory.ts';

const STAYS = 1;

export class Staying {
  /** Of each digest: `STAYS`, or 0. */
  private readonly staying: Uint8Array;
  private readonly subjects: TagSubjects;
  /** Repositories of which something stays that was to go. */
  private readonly keeping = new Set<string>();
  /** With the followers of all tags; made where anything stays. */
  private followed: Graph | undefined;

  constructor(
    private readonly inventory: Inventory,
    private readonly graph: Graph,
  ) {
    this.staying = new Uint8Array(graph.nodes);
    this.subjects = new TagSubjects(inventory);
  }

  /** The target of this action stays: so does all that it reaches, and every tag that is about something of it. */
  add(action: Action): void {
    this.keep(action);
    const named = this.namedBy(action);
    if (named.length === 0) return;
    this.followed ??= withFollowers(this.inventory, this.graph, this.inventory.tags.name.keys());
    const { references, referrers } = this.followed;
    reach(this.staying, named, STAYS, [references, referrers]);
  }

  holds(action: Action): boolean {
    // A repository that keeps anything keeps its folders, empty or not: without one of them its images pass for garbage.
    if (action.kind === 'empty-directory')
      return action.repository !== undefined && this.keeping.has(action.repository);
    if (this.followed === undefined) return false;
    const id = this.goesWith(action);
    const held = id !== undefined && this.staying[id] === STAYS;
    if (held) this.keep(action);
    return held;
  }

  private keep({ repository }: Action): void {
    if (repository !== undefined) this.keeping.add(repository);
  }

  /** A reference goes whatever becomes of what it names, but a tag about a manifest stays with that; what is named stays. */
  private goesWith(action: Action): DigestId | undefined {
    if (action.kind === 'tag-index-entry') return undefined;
    if (action.kind !== 'tag') return this.digestOf(action);
    const subject = action.tagRow === undefined ? NONE : this.subjects.of(action.tagRow);
    return subject === NONE ? undefined : subject;
  }

  private namedBy(action: Action): readonly DigestId[] {
    if (action.tagRow !== undefined) return [...namedByTag(this.inventory, action.tagRow)];
    const named = this.digestOf(action);
    return named === undefined ? [] : [named];
  }

  private digestOf(action: Action): DigestId | undefined {
    return action.refersTo ?? (action.digest === undefined ? undefined : this.inventory.digests.find(action.digest));
  }
}
