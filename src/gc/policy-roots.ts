/** The roots that policies mean; a repository that none governs is in mode `revisions`. */
import type { DigestId } from '../inventory/digest-table.ts';
import { NONE, ROW_UNTOUCHABLE, type Inventory } from '../inventory/inventory.ts';
import type { Policy } from '../policy/model.ts';
import { LAYOUT_BEGAN, ordersUntaggedByCreated, undatedBecause, usesPushTimesOfUntagged } from '../policy/times.ts';
import { at, flagAt, numberAt, rowsOf } from '../shared/columns.ts';
import { compareText } from '../shared/problem.ts';
import { namedBy, withReferrers, type Graph } from './graph.ts';
import { Closure } from './reachability.ts';
import type { Governed } from './retention.ts';
import { standardRoots, type Roots } from './roots.ts';

/** Roots that are known already, and of which policies. */
export interface KnownRoots {
  readonly governed: Governed;
  readonly roots: Roots;
}

/** One flag a row for what the policies keep. Of repositories that are governed as in `known` it is taken from there. */
export function policyRoots(governed: Governed, known?: KnownRoots): Roots {
  const { inventory, graph } = governed;
  const roots = known === undefined ? standardRoots(inventory, 'revisions') : copyOf(known.roots);
  const closure = new Closure(graph.nodes, [graph.references]);
  for (let repository = 0; repository < inventory.repositories.length; repository++) {
    const policy = governed.policyOf(repository);
    if (policy === undefined || known?.governed.governsAs(governed, repository) === true) continue;
    for (const { row, decision, subject } of governed.decisions(repository)) {
      roots.tags[row] = decision.fate === 'stays' ? 1 : 0;
      roots.subjects[row] = subject;
    }
    for (const row of rowsOf(inventory.revisions.byRepository, repository)) roots.revisions[row] = 0;
    for (const row of keptRevisions(governed, { repository, policy, closure })) roots.revisions[row] = 1;
  }
  return roots;
}

function copyOf({ tags, revisions, subjects }: Roots): Roots {
  return { tags: tags.slice(), revisions: revisions.slice(), subjects: subjects.slice() };
}

/** The graph in which what is kept keeps its signatures, too, where they are known by the names of their tags alone. */
export function graphWithFollowers({ tags }: Inventory, graph: Graph, roots: Roots): Graph {
  const pairs: (readonly [DigestId, DigestId])[] = [];
  for (let tag = 0; tag < tags.current.length; tag++) {
    const subject = at(roots.subjects, tag);
    if (subject !== NONE && at(tags.current, tag) !== NONE) pairs.push([subject, at(tags.current, tag)]);
  }
  return withReferrers(graph, pairs);
}

interface GovernedRepository {
  readonly repository: number;
  readonly policy: Policy;
  readonly closure: Closure;
}

/** The revisions that stay by themselves. What tags name, now, stays or goes with those. */
function keptRevisions(governed: Governed, { repository, policy, closure }: GovernedRepository): readonly number[] {
  const { inventory } = governed;
  const { revisions, tags } = inventory;
  closure.begin();
  for (const tag of rowsOf(tags.byRepository, repository)) {
    if (at(tags.current, tag) !== NONE) closure.addRoot(at(tags.current, tag));
  }
  closure.expand();
  const isOld = (row: number): boolean => governed.isPastDelay(numberAt(revisions.time, row), policy);
  const here = rowsOf(revisions.byRepository, repository);
  const kept: number[] = [];
  const referrers: DigestId[] = [];
  for (const row of here) {
    const id = at(revisions.digest, row);
    if (governed.isInUse(id) || governed.isHeldBack(id)) kept.push(row);
    if (!governed.referrers.has(id)) continue;
    referrers.push(id);
    if (!closure.has(id) && !(policy.deleteReferrers && isOld(row))) kept.push(row);
  }
  // What a referrer holds is its own part, whether a tag names that or not.
  closure.add(referrers);
  const untagged = [...here].filter((row) => !closure.has(at(revisions.digest, row)));
  return [...kept, ...keptUntagged(governed, policy, { untagged, isOld, closure })];
}

interface UntaggedRevisions {
  /** Rows of `revisions`. */
  readonly untagged: readonly number[];
  readonly isOld: (row: number) => boolean;
  /** Over what manifests name; what is in it is of no use any more. */
  readonly closure: Closure;
}

/**
 * Of revisions that no tag names now those that stay. An index counts once, with all that it holds, however deep: a
 * part may be a revision where what stands between is none. What is young, runs or is held back stays anyway, and does not
 * count, and neither do its parts: what counts must not depend on what a sweep has left for such a reason. Where the order is
 * by when images were created, what does not say so stays, and does not count either, nor does what has lost the push time
 * that a rule goes by; `within` is by push times in any order.
 */
function keptUntagged(
  governed: Governed,
  policy: Policy,
  { untagged, isOld, closure }: UntaggedRevisions,
): readonly number[] {
  const { keepUntagged } = policy;
  if (keepUntagged === 'all') return untagged;
  const { graph, inventory, options } = governed;
  const { digest, time } = inventory.revisions;
  closure.begin();
  for (const row of untagged) closure.add(namedBy(graph, at(digest, row)));
  const whole = untagged.filter((row) => !closure.has(at(digest, row)));
  const isUndated = undatedUnder(governed, policy);
  const kept = whole.filter((row) => !isOld(row) || isUndated(row));
  if (keepUntagged.length === 0) return kept;
  const counted = whole
    .filter((row) => !staysAnyway(governed, row) && !isUndated(row))
    .sort(newestFirst(governed, policy));
  const isKept = (row: number, place: number): boolean =>
    keepUntagged.some((keeper) =>
      keeper.kind === 'last' ? place < keeper.count : numberAt(time, row) >= options.now - keeper.seconds * 1000,
    );
  return [...kept, ...counted.filter(isKept)];
}

/** Whether the time of a revision that its policy goes by is not known, or is none. */
function undatedUnder(governed: Governed, policy: Policy): (row: number) => boolean {
  const { inventory, options } = governed;
  const { digest, time } = inventory.revisions;
  const isByCreated = ordersUntaggedByCreated(policy);
  const needsPushTime = usesPushTimesOfUntagged(policy) && !options.retention.trustTimes;
  return (row) =>
    (isByCreated && undatedBecause(governed.createdAt(at(digest, row)), options.now) !== undefined) ||
    (needsPushTime && numberAt(time, row) < LAYOUT_BEGAN);
}

function staysAnyway(governed: Governed, row: number): boolean {
  const { digest, flags } = governed.inventory.revisions;
  const id = at(digest, row);
  if (governed.isInUse(id) || governed.isHeldBack(id)) return true;
  return (flagAt(flags, row) & ROW_UNTOUCHABLE) !== 0 || numberAt(governed.newest, id) >= governed.options.youngSince;
}

function newestFirst(governed: Governed, policy: Policy): (a: number, b: number) => number {
  const { revisions, digests } = governed.inventory;
  const isByCreated = ordersUntaggedByCreated(policy);
  const createdAt = (row: number): number => governed.createdAt(at(revisions.digest, row));
  return (a, b) =>
    (isByCreated ? createdAt(b) - createdAt(a) : 0) ||
    numberAt(revisions.time, b) - numberAt(revisions.time, a) ||
    compareText(digests.digest(at(revisions.digest, a)), digests.digest(at(revisions.digest, b)));
}
