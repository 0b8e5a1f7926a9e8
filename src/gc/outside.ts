/**
 * What keeps a set of digests from outside of it. The set is closed: whatever one of them refers to, or is referred to by as
 * its subject, is in it, and so is whatever stands for it.
 */
import type { DigestId } from '../inventory/digest-table.ts';
import { BLOB_STORED, BLOB_UNTOUCHABLE, tagsByDigest, type Inventory } from '../inventory/inventory.ts';
import { at, flagAt, groupRows, type Groups } from '../shared/columns.ts';
import { reversed, type Edges, type Graph } from './graph.ts';

export interface Outside {
  /** What is named by a repository that loses nothing, or reached from what is kept outside. */
  readonly kept: readonly DigestId[];
  /** What is not, and is named by documents that nobody names. */
  readonly strewn: readonly DigestId[];
}

/** Asks backwards over one inventory, one set after the other. */
export class OutsideOf {
  private readonly naming: Edges;
  private readonly subjects: Edges;
  private readonly namers: readonly (readonly [Groups, (row: number) => number])[];

  constructor(
    private readonly inventory: Inventory,
    private readonly graph: Graph,
  ) {
    this.naming = reversed(graph.references, graph.nodes);
    this.subjects = reversed(graph.referrers, graph.nodes);
    const { revisions, layerLinks, tags, tagIndexEntries: entries } = inventory;
    const byDigest = (digest: Uint32Array): Groups => groupRows(digest, graph.nodes);
    this.namers = [
      [byDigest(revisions.digest), (row) => at(revisions.repository, row)],
      [byDigest(layerLinks.digest), (row) => at(layerLinks.repository, row)],
      [tagsByDigest(inventory), (row) => at(tags.repository, row)],
      [byDigest(entries.digest), (row) => at(tags.repository, at(entries.tag, row))],
    ];
  }

  /**
   * `own`: the set. `subjects`: what those in it are about that are not in it themselves. `loses`: one flag a repository, whose
   * names do not count.
   */
  of(
    own: { has(id: DigestId): boolean } & Iterable<DigestId>,
    subjects: Iterable<DigestId>,
    loses: Uint8Array,
  ): Outside {
    const keepers = new Keepers(this.graph, this.naming, this.subjects, {
      isOwn: (id) => own.has(id),
      isRoot: (id) => this.isUntouchable(id) || this.isNamed(id, loses),
    });
    const kept: DigestId[] = [];
    const asked: DigestId[] = [];
    for (const id of own) {
      if (this.isNamed(id, loses)) kept.push(id);
      else asked.push(id);
    }
    for (const id of asked) keepers.askBefore(id);
    for (const id of subjects) keepers.ask(id);
    keepers.decide();
    for (const id of subjects) if (keepers.isKept(id)) kept.push(id);
    const strewn: DigestId[] = [];
    for (const id of asked) {
      if (keepers.isNamedByKept(id)) kept.push(id);
      else if (this.isStrewn(id, own)) strewn.push(id);
    }
    return { kept, strewn };
  }

  private isNamed(id: DigestId, loses: Uint8Array): boolean {
    for (const [{ start, order }, repositoryOf] of this.namers) {
      for (let place = at(start, id); place < at(start, id + 1); place++) {
        if (flagAt(loses, repositoryOf(at(order, place))) === 0) return true;
      }
    }
    return false;
  }

  private isUntouchable(id: DigestId): boolean {
    const both = BLOB_STORED | BLOB_UNTOUCHABLE;
    return (flagAt(this.inventory.blobs.flags, id) & both) === both;
  }

  /** Whether a blob outside names it, be it by what stands for others. */
  private isStrewn(start: DigestId, own: { has(id: DigestId): boolean }): boolean {
    const seen = new Set([start]);
    for (const id of seen) {
      for (let edge = at(this.naming.start, id); edge < at(this.naming.start, id + 1); edge++) {
        const before = at(this.naming.target, edge);
        if (own.has(before)) continue;
        if ((flagAt(this.inventory.blobs.flags, before) & BLOB_STORED) !== 0) return true;
        seen.add(before);
      }
    }
    return false;
  }
}

interface Asked {
  readonly isOwn: (id: DigestId) => boolean;
  /** Of a digest outside: whether it is kept by itself. */
  readonly isRoot: (id: DigestId) => boolean;
}

/** Which digests outside are kept, of those from which the set is reached. */
class Keepers {
  private readonly seen = new Set<DigestId>();
  private readonly kept = new Set<DigestId>();
  private readonly namedByKept = new Set<DigestId>();

  constructor(
    private readonly graph: Graph,
    private readonly naming: Edges,
    private readonly subjects: Edges,
    private readonly asked: Asked,
  ) {}

  /** Of what names a digest of the set. What that is about asks for itself: whether it still keeps its referrer is another question. */
  askBefore(id: DigestId): void {
    this.each(this.naming, id, (before) => this.ask(before));
  }

  /** Of a digest outside, and of all that could keep it. */
  ask(start: DigestId): void {
    if (this.asked.isOwn(start) || this.seen.has(start)) return;
    this.seen.add(start);
    const open = [start];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      if (this.asked.isRoot(id)) {
        this.kept.add(id);
        continue;
      }
      for (const edges of [this.naming, this.subjects]) {
        this.each(edges, id, (before) => {
          if (this.asked.isOwn(before) || this.seen.has(before)) return;
          this.seen.add(before);
          open.push(before);
        });
      }
    }
  }

  /** Spreads over all that was asked for. */
  decide(): void {
    for (const id of this.kept) {
      this.each(this.graph.references, id, (next) => {
        if (this.asked.isOwn(next)) this.namedByKept.add(next);
        else if (this.seen.has(next)) this.kept.add(next);
      });
      this.each(this.graph.referrers, id, (next) => {
        if (!this.asked.isOwn(next) && this.seen.has(next)) this.kept.add(next);
      });
    }
  }

  isKept(id: DigestId): boolean {
    return this.kept.has(id);
  }

  isNamedByKept(id: DigestId): boolean {
    return this.namedByKept.has(id);
  }

  private each({ start, target }: Edges, id: DigestId, take: (other: DigestId) => void): void {
    for (let edge = at(start, id); edge < at(start, id + 1); edge++) take(at(target, edge));
  }
}
