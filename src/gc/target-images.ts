/**
 * The images that a mode lets go and that are no garbage yet, each with what stays for as long as it does: with all that
 * it reaches, what is about it, too, in whatever repository.
 */
import type { DigestId } from '../inventory/digest-table.ts';
import { NONE } from '../inventory/inventory.ts';
import { at, itemAt, numberAt, rowsOf } from '../shared/columns.ts';
import { addTo } from '../shared/lists.ts';
import { compareText } from '../shared/problem.ts';
import { namedBy, type Graph } from './graph.ts';
import { aliasTargets, subjectOf, UNREFERENCED } from './mark.ts';
import { Closure } from './reachability.ts';
import type { Roots } from './roots.ts';
import type { Between, TargetItems } from './target-items.ts';

/** An image in one repository, with all the tags there that name it and that may go. */
export interface CandidateImage {
  readonly repository: number;
  readonly isTagged: boolean;
  /** The items that stay while it does. */
  readonly items: Uint32Array;
}

export interface CandidateContext extends Between {
  /** In which what is kept keeps its signatures, too. */
  readonly graph: Graph;
  /** Of the mode without a target. */
  readonly roots: Roots;
  /** Tags of one repository, by row, as images: the newest first, in the order that counts there. */
  readonly imagesOf: (repository: number, tags: readonly number[]) => readonly (readonly number[])[];
}

/** By repository, in each the first to go first: what no tag names before what one does, the older before the newer. */
export function candidateImages(context: CandidateContext, items: TargetItems): readonly CandidateImage[] {
  const { inventory, all, roots } = context;
  const finder = new ImageFinder(context, items);
  const repositories = [...inventory.repositories.keys()];
  for (const repository of repositories) {
    const tags = [...rowsOf(inventory.tags.byRepository, repository)].filter(
      (row) => all.tag[row] === UNREFERENCED && at(roots.subjects, row) === NONE,
    );
    for (const image of context.imagesOf(repository, tags).toReversed()) finder.addTagged(repository, image);
  }
  for (const repository of repositories) finder.addUntagged(repository);
  for (const repository of repositories) finder.addSignatures(repository);
  for (const repository of repositories) finder.addCircles(repository);
  return finder.inOrder();
}

/** What stays in a repository while a manifest does that it is about. */
interface Follower {
  readonly repository: number;
  readonly digest: DigestId;
  /** Row of `tags`, or `NONE`: it is a revision. */
  readonly tag: number;
}

interface FoundImage extends CandidateImage {
  /** Of two in a repository that are both tagged, or not, the smaller goes first. */
  readonly place: number;
  /** Its digest: of two in the same place the first goes first. */
  readonly name: string;
}

class ImageFinder {
  private readonly found: FoundImage[] = [];
  private readonly isCovered: Uint8Array;
  private readonly everywhere: Closure;
  private readonly here: Closure;
  private readonly subjects: ReadonlyMap<DigestId, DigestId>;
  private readonly followers: ReadonlyMap<DigestId, readonly Follower[]>;
  private readonly byDigest: readonly ReadonlyMap<DigestId, readonly number[]>[];

  constructor(
    private readonly context: CandidateContext,
    private readonly items: TargetItems,
  ) {
    const { graph, inventory } = context;
    this.isCovered = new Uint8Array(items.count);
    this.everywhere = new Closure(graph.nodes, [graph.references, graph.referrers]);
    this.here = new Closure(graph.nodes, [graph.references]);
    this.subjects = subjectOf(inventory);
    this.followers = followersIn(context, this.subjects);
    this.byDigest = itemsByDigest(context, items);
  }

  addTagged(repository: number, tags: readonly number[]): void {
    const digest = at(this.context.inventory.tags.current, itemAt(tags, 0));
    this.add(repository, digest, { tags, isTagged: true, place: this.found.length });
  }

  /** Of what no tag names what nothing else holds that goes: an index stands for its images, an image for its signatures. */
  addUntagged(repository: number): void {
    const { inventory, graph, garbage } = this.context;
    const { digest } = inventory.revisions;
    const rows = this.uncoveredRevisions(repository);
    this.here.begin();
    for (const row of rows) this.here.add(namedBy(graph, at(digest, row)));
    this.here.add(this.signaturesIn(repository));
    const whole = rows.filter((row) => {
      const subject = this.subjects.get(at(digest, row));
      const follows = subject !== undefined && garbage.level[subject] !== UNREFERENCED;
      return !follows && !this.here.has(at(digest, row));
    });
    for (const row of whole) this.addRevision(row);
  }

  /** Tags about what is not here any more. */
  addSignatures(repository: number): void {
    const { inventory, all } = this.context;
    for (const row of rowsOf(inventory.tags.byRepository, repository)) {
      if (all.tag[row] !== UNREFERENCED || this.isCovered[this.items.tag(row)] === 1) continue;
      const digest = at(inventory.tags.current, row);
      this.add(repository, digest, { tags: [row], isTagged: false, place: placeOf(inventory.tags.time, row) });
    }
  }

  /** Of what is kept in a circle any. */
  addCircles(repository: number): void {
    for (const row of this.uncoveredRevisions(repository)) {
      if (this.isCovered[this.items.revision(row)] === 0) this.addRevision(row);
    }
  }

  inOrder(): readonly CandidateImage[] {
    return this.found.toSorted(
      (a, b) =>
        a.repository - b.repository ||
        Number(a.isTagged) - Number(b.isTagged) ||
        a.place - b.place ||
        compareText(a.name, b.name),
    );
  }

  /** What tags name that stay with a manifest, wherever that is. */
  private *signaturesIn(repository: number): Iterable<DigestId> {
    const { inventory, roots } = this.context;
    for (const tag of rowsOf(inventory.tags.byRepository, repository)) {
      const current = at(inventory.tags.current, tag);
      if (at(roots.subjects, tag) !== NONE && current !== NONE) yield current;
    }
  }

  private uncoveredRevisions(repository: number): readonly number[] {
    const { inventory, all } = this.context;
    return [...rowsOf(inventory.revisions.byRepository, repository)].filter(
      (row) => all.revision[row] === UNREFERENCED && this.isCovered[this.items.revision(row)] === 0,
    );
  }

  private addRevision(row: number): void {
    const { repository, digest, time } = this.context.inventory.revisions;
    this.add(at(repository, row), at(digest, row), { tags: [], isTagged: false, place: placeOf(time, row) });
  }

  private add(
    repository: number,
    digest: DigestId,
    { tags, isTagged, place }: Pick<FoundImage, 'isTagged' | 'place'> & { readonly tags: readonly number[] },
  ): void {
    const covered = new Set<number>();
    const take = (item: number): void => {
      if (this.items.has(item)) covered.add(item);
    };
    for (const row of tags) take(this.items.tag(row));
    this.takeInRepository(repository, digest, take);
    this.everywhere.begin();
    if (digest !== NONE) this.everywhere.add([digest]);
    for (const id of this.everywhere.reached) {
      take(this.items.blob(id));
      for (const follower of this.followers.get(id) ?? []) {
        if (follower.tag !== NONE) take(this.items.tag(follower.tag));
        this.takeInRepository(follower.repository, follower.digest, take);
      }
    }
    for (const item of covered) this.isCovered[item] = 1;
    const name = digest === NONE ? '' : this.context.inventory.digests.digest(digest);
    this.found.push({ repository, isTagged, place, name, items: Uint32Array.from(covered) });
  }

  /** The links of a repository that a manifest needs there. */
  private takeInRepository(repository: number, digest: DigestId, take: (item: number) => void): void {
    const items = this.byDigest[repository];
    if (items === undefined || items.size === 0 || digest === NONE) return;
    this.here.begin();
    this.here.add([digest]);
    for (const id of this.here.reached) for (const item of items.get(id) ?? []) take(item);
  }
}

/** A time that is not known is the oldest. */
function placeOf(time: Float64Array, row: number): number {
  const known = numberAt(time, row);
  return Number.isNaN(known) ? -Infinity : known;
}

/** By the manifest that they are about: what goes and would stay with it. */
function followersIn(
  { inventory, all, roots }: CandidateContext,
  subjects: ReadonlyMap<DigestId, DigestId>,
): ReadonlyMap<DigestId, readonly Follower[]> {
  const { revisions, tags } = inventory;
  const followers = new Map<DigestId, Follower[]>();
  for (let row = 0; row < revisions.digest.length; row++) {
    const digest = at(revisions.digest, row);
    const subject = subjects.get(digest);
    if (subject === undefined || all.revision[row] !== UNREFERENCED) continue;
    addTo(followers, subject, { repository: at(revisions.repository, row), digest, tag: NONE });
  }
  for (let tag = 0; tag < tags.current.length; tag++) {
    const subject = at(roots.subjects, tag);
    if (subject === NONE || all.tag[tag] !== UNREFERENCED) continue;
    addTo(followers, subject, { repository: at(tags.repository, tag), digest: at(tags.current, tag), tag });
  }
  return followers;
}

/** Of each repository the links that go, by each digest that keeps them: a stand-in stays with what it stands for, too. */
function itemsByDigest(
  { inventory }: CandidateContext,
  items: TargetItems,
): readonly ReadonlyMap<DigestId, readonly number[]>[] {
  const { revisions, layerLinks, repositories } = inventory;
  const byDigest = repositories.map(() => new Map<DigestId, number[]>());
  const add = (repository: number, digest: DigestId, item: number): void => {
    const here = byDigest[repository];
    if (here !== undefined) addTo(here, digest, item);
  };
  for (let row = 0; row < revisions.digest.length; row++) {
    const item = items.revision(row);
    if (items.has(item)) add(at(revisions.repository, row), at(revisions.digest, row), item);
  }
  const aliased = aliasTargets(inventory);
  for (let row = 0; row < layerLinks.digest.length; row++) {
    const item = items.layerLink(row);
    if (!items.has(item)) continue;
    const digest = at(layerLinks.digest, row);
    for (const id of [digest, ...(aliased.get(digest) ?? [])]) add(at(layerLinks.repository, row), id, item);
  }
  return byDigest;
}
