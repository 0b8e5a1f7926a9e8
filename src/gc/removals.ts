/** Removals from one inventory, one after the other: each is decided in the part of it that it can touch. */
import { NONE, type Inventory } from '../inventory/inventory.ts';
import { at, groupRows, rowsOf, type Groups } from '../shared/columns.ts';
import type { DigestId } from '../inventory/digest-table.ts';
import { buildGraph, type Graph } from './graph.ts';
import { losers, standIns } from './hanging.ts';
import { allHeights } from './order.ts';
import { OutsideOf } from './outside.ts';
import { Closure } from './reachability.ts';
import { decideRemoval, planOf, type PlannedRemoval } from './removal.ts';
import { RemovalPart, type PartRows } from './removal-part.ts';
import type { Removal } from './removal-names.ts';

export class Removals {
  private readonly closure: Closure;
  private readonly outside: OutsideOf;
  private readonly revisionsOf: Groups;
  private readonly signaturesOf: Groups;
  /** A document may have been read twice. */
  private readonly manifestsOf: Groups;

  /** `graph`: of the same inventory. What does not depend on what is removed is made here. */
  constructor(
    private readonly inventory: Inventory,
    graph: Graph,
    private readonly heights: Uint32Array = allHeights(inventory),
  ) {
    const { manifests, revisions, signatureLinks } = inventory;
    this.closure = new Closure(graph.nodes, [graph.references, graph.referrers, standIns(inventory)]);
    this.outside = new OutsideOf(inventory, graph);
    this.revisionsOf = groupRows(revisions.digest, graph.nodes);
    this.signaturesOf = groupRows(signatureLinks.revision, revisions.digest.length);
    this.manifestsOf = groupRows(manifests.digest, graph.nodes);
  }

  /** As `buildRemoval`. */
  plan(removal: Removal): PlannedRemoval {
    const part = this.partOf(losers(this.inventory, removal));
    const { going, refusals } = decideRemoval(part.inventory, buildGraph(part.inventory), part.narrow(removal));
    return { plan: planOf(this.inventory, part.widen(going), this.heights), refusals };
  }

  private partOf(losing: readonly number[]): RemovalPart {
    const { inventory, closure } = this;
    const loses = new Uint8Array(inventory.repositories.length);
    for (const repository of losing) loses[repository] = 1;
    const rows = rowsOfRepositories(inventory, losing);
    closure.begin();
    closure.add(namesOf(inventory, rows));
    const own = closure.reached.slice();
    const subjects = this.subjectsOutside(own);
    const outside = this.outside.of(
      { has: (id) => closure.has(id), [Symbol.iterator]: () => own.values() },
      subjects,
      loses,
    );
    const otherRevisions = this.otherRevisions(own, loses);
    const revisions = [...rows.revisions, ...otherRevisions];
    const part = {
      ...rows,
      digests: Uint32Array.from([...own, ...subjects]).sort(),
      manifests: rowsOfAll(this.manifestsOf, own),
      otherRevisions,
      signatureLinks: Uint32Array.from(revisions.flatMap((row) => [...rowsOf(this.signaturesOf, row)])).sort(),
    };
    return new RemovalPart(inventory, part, outside);
  }

  /** What documents of the set are about that is not in it. */
  private subjectsOutside(own: Uint32Array): ReadonlySet<DigestId> {
    const { subject } = this.inventory.manifests;
    const found = new Set<DigestId>();
    for (const id of own) {
      for (const row of rowsOf(this.manifestsOf, id)) {
        const about = at(subject, row);
        if (about !== NONE && !this.closure.has(about)) found.add(about);
      }
    }
    return found;
  }

  /** Whether a digest is a revision anywhere decides whether its subject keeps it; and what signs it is told by its links. */
  private otherRevisions(own: Uint32Array, loses: Uint8Array): Uint32Array {
    const { revisions, manifests } = this.inventory;
    const found: number[] = [];
    for (const id of own) {
      const isAbout = rowsOf(this.manifestsOf, id).some((row) => at(manifests.subject, row) !== NONE);
      for (const row of rowsOf(this.revisionsOf, id)) {
        if (loses[at(revisions.repository, row)] === 1) continue;
        if (isAbout || rowsOf(this.signaturesOf, row).length > 0) found.push(row);
      }
    }
    return Uint32Array.from(found).sort();
  }
}

type OwnRows = Pick<PartRows, 'tags' | 'tagIndexEntries' | 'revisions' | 'layerLinks'>;

/** All rows of some repositories. */
function rowsOfRepositories(inventory: Inventory, repositories: readonly number[]): OwnRows {
  const { tags, tagIndexEntries, revisions, layerLinks } = inventory;
  const tagRows = rowsOfAll(tags.byRepository, repositories);
  return {
    tags: tagRows,
    tagIndexEntries: rowsOfAll(tagIndexEntries.byTag, tagRows),
    revisions: rowsOfAll(revisions.byRepository, repositories),
    layerLinks: rowsOfAll(layerLinks.byRepository, repositories),
  };
}

/** The rows of these owners, in their order. */
function rowsOfAll(groups: Groups, owners: ArrayLike<number>): Uint32Array {
  let count = 0;
  for (let place = 0; place < owners.length; place++) {
    const owner = owners[place] ?? 0;
    count += at(groups.start, owner + 1) - at(groups.start, owner);
  }
  const rows = new Uint32Array(count);
  let used = 0;
  for (let place = 0; place < owners.length; place++) {
    const here = rowsOf(groups, owners[place] ?? 0);
    rows.set(here, used);
    used += here.length;
  }
  return rows.sort();
}

/** All that these rows name. */
function* namesOf(inventory: Inventory, rows: OwnRows): Iterable<DigestId> {
  for (const row of rows.revisions) yield at(inventory.revisions.digest, row);
  for (const row of rows.layerLinks) yield at(inventory.layerLinks.digest, row);
  for (const row of rows.tagIndexEntries) yield at(inventory.tagIndexEntries.digest, row);
  for (const row of rows.tags) if (at(inventory.tags.current, row) !== NONE) yield at(inventory.tags.current, row);
}
