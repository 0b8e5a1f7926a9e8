/** What policies would let go, and what stays until a referrer that is to go with it is old enough. */
import type { DigestId } from '../inventory/digest-table.ts';
import { CANDIDATE, CHILD, NONE } from '../inventory/inventory.ts';
import { at, numberAt, rowsOf } from '../shared/columns.ts';
import { asEdges, holdersOf } from './graph.ts';
import { reach } from './reachability.ts';
import type { Governed } from './retention.ts';
import type { TagSubjects } from './tag-subjects.ts';

/**
 * Flags (1) the subjects of referrers that are too young to go, and the indexes that hold one. If such a subject went, its
 * referrer would be left behind for good: a subject that is gone cannot be told from one that was never here. What is held
 * back so is a referrer itself, perhaps, and holds its own subject.
 */
export function heldByFollowers(governed: Governed, subjects: TagSubjects): Uint8Array {
  const { inventory, graph } = governed;
  const held = new Uint8Array(graph.nodes);
  const tooYoung: DigestId[] = [];
  const from: DigestId[] = [];
  const to: DigestId[] = [];
  for (const { subject, id, isTooYoung } of followersIn(governed, subjects)) {
    if (isTooYoung) tooYoung.push(subject);
    else if (id !== NONE) {
      from.push(id);
      to.push(subject);
    }
  }
  if (tooYoung.length === 0) return held;
  const followed = asEdges(Uint32Array.from(from), Uint32Array.from(to), graph.nodes);
  reach(held, tooYoung, 1, [followed, holdersOf(inventory, [CHILD, CANDIDATE])]);
  return held;
}

/** A referrer that would go with its subject. */
interface Follower {
  readonly subject: DigestId;
  /** What it names, or is; `NONE`: that is not known. */
  readonly id: DigestId;
  readonly isTooYoung: boolean;
}

/** Tags by their names, and revisions by their `subject`, where a policy lets them go with it. */
function* followersIn(governed: Governed, subjects: TagSubjects): Iterable<Follower> {
  const { tags, revisions, repositories } = governed.inventory;
  for (const repository of repositories.keys()) {
    const policy = governed.policyOf(repository);
    if (policy?.deleteReferrers !== true) continue;
    const about = (subject: DigestId, id: DigestId, pushedAt: number): Follower => {
      const isTooYoung = !governed.isPastDelay(pushedAt, policy) || governed.isYoung(id, pushedAt);
      return { subject, id, isTooYoung };
    };
    for (const row of rowsOf(tags.byRepository, repository)) {
      const subject = subjects.of(row);
      if (subject !== NONE) yield about(subject, at(tags.current, row), numberAt(tags.time, row));
    }
    for (const row of rowsOf(revisions.byRepository, repository)) {
      const id = at(revisions.digest, row);
      const subject = governed.referrers.get(id);
      if (subject !== undefined) yield about(subject, id, numberAt(revisions.time, row));
    }
  }
}
