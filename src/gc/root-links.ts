/** What keeps things alive, link by link: of each digest the links that make it a root of the level at which it is kept. */
import type { DigestId } from '../inventory/digest-table.ts';
import { BLOB_STORED, BLOB_UNTOUCHABLE, NONE, ROW_UNTOUCHABLE, type Inventory } from '../inventory/inventory.ts';
import { at, Column, flagAt, groupRows, numberAt, rowsOf, type Groups } from '../shared/columns.ts';
import { compareText } from '../shared/problem.ts';
import { DAMAGED, EXCLUDED, isKeptTag, REFERENCED, YOUNG, type Marking } from './mark.ts';
import type { Roots } from './roots.ts';

/** In the order in which they are told. */
const LINK_KINDS = ['tag', 'revision', 'tag-index-entry', 'layer-link'] as const;
export type LinkKind = (typeof LINK_KINDS)[number];

export interface RootLink {
  readonly kind: LinkKind;
  /** In the table of its kind. */
  readonly row: number;
}

export interface RootLinks {
  readonly count: (id: DigestId) => number;
  readonly of: (id: DigestId) => readonly RootLink[];
  readonly hasTag: (id: DigestId) => boolean;
  /** Whether it stays by itself, and not for the sake of a link: too young, or where nothing may be deleted. */
  readonly staysByItself: (id: DigestId) => boolean;
}

/** The repository that a link lies in, and its tag where it lies in one. */
export function placeOf(inventory: Inventory, { kind, row }: RootLink): { repository: number; tag?: number } {
  const { tags, revisions, tagIndexEntries, layerLinks } = inventory;
  switch (kind) {
    case 'tag':
      return { repository: at(tags.repository, row), tag: row };
    case 'tag-index-entry': {
      const tag = at(tagIndexEntries.tag, row);
      return { repository: at(tags.repository, tag), tag };
    }
    case 'revision':
      return { repository: at(revisions.repository, row) };
    case 'layer-link':
      return { repository: at(layerLinks.repository, row) };
  }
}

/** By repository, kind and tag. */
export function compareLinks(inventory: Inventory): (a: RootLink, b: RootLink) => number {
  const words = (link: RootLink): readonly [string, number, string] => {
    const { repository, tag } = placeOf(inventory, link);
    const name = inventory.repositories[repository]?.name ?? '';
    return [name, LINK_KINDS.indexOf(link.kind), tag === undefined ? '' : (inventory.tags.name[tag] ?? '')];
  };
  return (a, b) => {
    const [one, other] = [words(a), words(b)];
    return compareText(one[0], other[0]) || one[1] - other[1] || compareText(one[2], other[2]);
  };
}

/** `roots`: as `ownRoots` gives them. `youngSince`: as the marking was made with. */
export function rootLinks(inventory: Inventory, roots: Roots, marking: Marking, youngSince: number): RootLinks {
  const found = new Found(inventory, marking);
  addRoots(found, roots);
  for (const level of [EXCLUDED, DAMAGED]) if (marking.held.includes(level)) addHeld(found, level);
  addUntouchable(found);
  const { groups, links } = found.grouped();
  const count = (id: DigestId): number => at(groups.start, id + 1) - at(groups.start, id);
  return {
    count,
    of: (id) => Array.from(rowsOf(groups, id), links),
    // Of the links of a digest tags were found first.
    hasTag: (id) => count(id) > 0 && links(at(groups.order, at(groups.start, id))).kind === 'tag',
    staysByItself: (id) => staysByItself(inventory, marking, id, youngSince),
  };
}

class Found {
  private readonly kind = new Column(Uint8Array);
  private readonly row = new Column(Uint32Array);
  private readonly digest = new Column(Uint32Array);

  constructor(
    readonly inventory: Inventory,
    readonly marking: Marking,
  ) {}

  /** Only what is kept at just this level is kept by it. */
  add(kind: LinkKind, row: number, id: DigestId, level: number): void {
    if (id === NONE || flagAt(this.marking.level, id) !== level) return;
    this.kind.push(LINK_KINDS.indexOf(kind));
    this.row.push(row);
    this.digest.push(id);
  }

  grouped(): { readonly groups: Groups; readonly links: (index: number) => RootLink } {
    const groups = groupRows(this.digest.view(), this.marking.level.length);
    return {
      groups,
      links: (index) => ({ kind: LINK_KINDS[this.kind.at(index)] ?? 'layer-link', row: this.row.at(index) }),
    };
  }
}

function addRoots(found: Found, roots: Roots): void {
  const { tags, revisions } = found.inventory;
  for (let tag = 0; tag < tags.current.length; tag++) {
    if (roots.tags[tag] === 1) found.add('tag', tag, at(tags.current, tag), REFERENCED);
  }
  for (let row = 0; row < revisions.digest.length; row++) {
    if (roots.revisions[row] === 1) found.add('revision', row, at(revisions.digest, row), REFERENCED);
  }
}

/** All that repositories which are held name in any way. */
function addHeld(found: Found, level: number): void {
  const { tags, revisions, layerLinks } = found.inventory;
  const { held } = found.marking;
  for (let tag = 0; tag < tags.current.length; tag++) {
    if (held[at(tags.repository, tag)] !== level) continue;
    found.add('tag', tag, at(tags.current, tag), level);
    addHistory(found, tag, level);
  }
  for (let row = 0; row < revisions.digest.length; row++) {
    if (held[at(revisions.repository, row)] === level) found.add('revision', row, at(revisions.digest, row), level);
  }
  for (let row = 0; row < layerLinks.digest.length; row++) {
    if (held[at(layerLinks.repository, row)] === level) found.add('layer-link', row, at(layerLinks.digest, row), level);
  }
}

/** Of a tag what it once named, and does not now. */
function addHistory(found: Found, tag: number, level: number): void {
  const { tags, tagIndexEntries: entries } = found.inventory;
  for (const row of rowsOf(entries.byTag, tag)) {
    const id = at(entries.digest, row);
    if (id !== at(tags.current, tag)) found.add('tag-index-entry', row, id, level);
  }
}

/** Links that are never deleted because of where they lie, in repositories that are not held. */
function addUntouchable(found: Found): void {
  const { tags, revisions, layerLinks } = found.inventory;
  const isHeld = (repository: number): boolean => found.marking.held[repository] === DAMAGED;
  for (let row = 0; row < revisions.digest.length; row++) {
    const isFixed = (flagAt(revisions.flags, row) & ROW_UNTOUCHABLE) !== 0;
    if (isFixed && !isHeld(at(revisions.repository, row)))
      found.add('revision', row, at(revisions.digest, row), DAMAGED);
  }
  for (let row = 0; row < layerLinks.digest.length; row++) {
    const isFixed = (flagAt(layerLinks.flags, row) & ROW_UNTOUCHABLE) !== 0;
    if (isFixed && !isHeld(at(layerLinks.repository, row)))
      found.add('layer-link', row, at(layerLinks.digest, row), DAMAGED);
  }
  for (let tag = 0; tag < tags.flags.length; tag++) {
    if (!isKeptTag(flagAt(tags.flags, tag)) || isHeld(at(tags.repository, tag))) continue;
    addUntouchableTag(found, tag);
  }
}

/** Its history is a root by itself, and what it names now is in that. */
function addUntouchableTag(found: Found, tag: number): void {
  const { tagIndexEntries: entries } = found.inventory;
  for (const row of rowsOf(entries.byTag, tag)) found.add('tag-index-entry', row, at(entries.digest, row), DAMAGED);
}

function staysByItself({ blobs }: Inventory, { level, newest }: Marking, id: DigestId, youngSince: number): boolean {
  const flags = flagAt(blobs.flags, id);
  if ((flags & BLOB_STORED) === 0) return false;
  if (flagAt(level, id) === DAMAGED) return (flags & BLOB_UNTOUCHABLE) !== 0;
  return flagAt(level, id) === YOUNG && numberAt(newest, id) >= youngSince;
}
