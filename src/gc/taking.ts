/** Which tags and revisions go: those that are named, and those that hang on them and that nothing which stays needs. */
import type { DigestId } from '../inventory/digest-table.ts';
import { NONE, type Inventory } from '../inventory/inventory.ts';
import { tagsAbout } from '../layout/referrer-tags.ts';
import { at, flagAt, rowsOf } from '../shared/columns.ts';
import type { Graph } from './graph.ts';
import { hangingOn, losers, type Going, type Hanging, type Wanted } from './hanging.ts';
import { isKeptTag, mark, subjectOf, UNREFERENCED, type Marking } from './mark.ts';
import { Closure } from './reachability.ts';
import { standardRoots } from './roots.ts';
import { graphWithout, without } from './without.ts';

export interface Taken extends Going {
  readonly hanging: Hanging;
  readonly staying: Staying;
  /** The inventory without what goes, and its graph. */
  readonly rest: Inventory;
  readonly restGraph: Graph;
}

/**
 * To a fix-point: where a manifest goes, so do the tags that are about it (its signatures), and with them what hangs on
 * those. Each round marks what stays once; there are as many rounds as signatures of signatures.
 */
export function take(inventory: Inventory, graph: Graph, wanted: Wanted): Taken {
  const named = namedRows(inventory, wanted);
  for (;;) {
    const hanging = hangingOn(inventory, graph, wanted, named);
    const staying = new Staying(inventory, graph, named, hanging, wanted);
    const revisions = named.revisions.slice();
    const about: number[] = [];
    for (const repository of losers(inventory, wanted)) {
      const needed = staying.neededIn(repository);
      for (const row of rowsOf(inventory.revisions.byRepository, repository)) {
        if (hanging.revisions[row] === 1 && !needed.has(at(inventory.revisions.digest, row))) revisions[row] = 1;
      }
      if (wanted.alone[repository] === 1) continue;
      for (const tag of tagsOfGone(inventory, repository, { tags: named.tags, revisions }, staying.marking)) {
        about.push(tag);
      }
    }
    if (about.length === 0) {
      const rest = without(inventory, named.tags, revisions);
      const restGraph = graphWithout(inventory, graph, revisions);
      return { tags: named.tags, revisions, hanging, staying, rest, restGraph };
    }
    for (const tag of about) named.tags[tag] = 1;
  }
}

/** A tag that names a revision which is named goes with it: it would lead nowhere. */
function namedRows(inventory: Inventory, wanted: Wanted): Going {
  const going = { tags: wanted.tags.slice(), revisions: wanted.revisions.slice() };
  for (const repository of losers(inventory, wanted)) {
    const whole = wanted.repositories[repository] === 1;
    const gone = new Set<DigestId>();
    for (const row of rowsOf(inventory.revisions.byRepository, repository)) {
      if (whole) going.revisions[row] = 1;
      if (going.revisions[row] === 1) gone.add(at(inventory.revisions.digest, row));
    }
    for (const row of rowsOf(inventory.tags.byRepository, repository)) {
      if (whole || gone.has(at(inventory.tags.current, row))) going.tags[row] = 1;
    }
  }
  return going;
}

/** Tags that stay so far and are about a revision that goes here, where no other repository keeps that manifest. */
function* tagsOfGone(inventory: Inventory, repository: number, going: Going, marking: Marking): Iterable<number> {
  const byName = new Map<string, number>();
  for (const tag of rowsOf(inventory.tags.byRepository, repository)) {
    if (going.tags[tag] === 1 || isKeptTag(flagAt(inventory.tags.flags, tag))) continue;
    byName.set(inventory.tags.name[tag] ?? '', tag);
  }
  if (byName.size === 0) return;
  for (const row of rowsOf(inventory.revisions.byRepository, repository)) {
    const id = at(inventory.revisions.digest, row);
    if (going.revisions[row] !== 1 || marking.level[id] !== UNREFERENCED) continue;
    for (const name of tagsAbout(inventory.digests.digest(id))) {
      const tag = byName.get(name);
      if (tag !== undefined) yield tag;
    }
  }
}

/** A marking of what stays for sure: without what is named, and where what only hangs on it keeps nothing by itself. */
class Staying {
  readonly marking: Marking;
  private readonly rest: Inventory;
  private readonly closure: Closure;
  private readonly subjects: ReadonlyMap<DigestId, DigestId>;

  constructor(
    private readonly inventory: Inventory,
    whole: Graph,
    private readonly named: Going,
    hanging: Hanging,
    wanted: Wanted,
  ) {
    const loose = named.revisions.map((flag, row) => flag | flagAt(hanging.revisions, row));
    this.rest = without(inventory, named.tags, loose);
    // What hangs is still a revision, and stays as the referrer of what does.
    const graph = graphWithout(inventory, whole, named.revisions);
    this.marking = markRemains(this.rest, graph, losers(inventory, wanted));
    this.closure = new Closure(graph.nodes, [graph.references]);
    this.subjects = subjectOf(inventory);
  }

  /** What a repository needs of all that it will still name. Good until it is asked of another repository. */
  neededIn(repository: number): Closure {
    this.closure.begin();
    this.closure.add(this.rootsIn(repository));
    return this.closure;
  }

  /** The tags of a repository that stay for sure and need a digest, in the order of their rows. */
  tagsThatNeed(repository: number, digest: DigestId): readonly string[] {
    const names: string[] = [];
    for (const tag of rowsOf(this.rest.tags.byRepository, repository)) {
      const current = at(this.rest.tags.current, tag);
      if (current === NONE) continue;
      this.closure.begin();
      this.closure.add([current]);
      if (this.closure.has(digest)) names.push(this.rest.tags.name[tag] ?? '');
    }
    return names;
  }

  private *rootsIn(repository: number): Iterable<DigestId> {
    const { tags, revisions, tagIndexEntries: entries } = this.rest;
    for (const tag of rowsOf(tags.byRepository, repository)) {
      const current = at(tags.current, tag);
      if (current !== NONE) yield current;
      if (!isKeptTag(flagAt(tags.flags, tag))) continue;
      for (const row of rowsOf(entries.byTag, tag)) yield at(entries.digest, row);
    }
    for (const row of rowsOf(revisions.byRepository, repository)) yield at(revisions.digest, row);
    for (const row of rowsOf(this.inventory.revisions.byRepository, repository)) {
      if (this.named.revisions[row] === 1) continue;
      const id = at(this.inventory.revisions.digest, row);
      const subject = this.subjects.get(id);
      if (subject !== undefined && this.marking.level[subject] !== UNREFERENCED) yield id;
    }
  }
}

/**
 * Marks what is left: every revision is a root, and whatever any other repository names in any way. Age holds nothing: what
 * is named goes however young it is, and what does not hang on it is in no such plan.
 */
export function markRemains(rest: Inventory, graph: Graph, losing: readonly number[]): Marking {
  const names = new Set(losing.map((repository) => rest.repositories[repository]?.name));
  return mark(rest, graph, {
    roots: standardRoots(rest, 'revisions'),
    isIncluded: (name) => names.has(name),
    doubts: new Uint8Array(rest.repositories.length),
    youngSince: Infinity,
    // No time is as late as that.
    newest: rest.blobs.time,
  });
}
