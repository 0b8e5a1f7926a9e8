/**
 * The order in which tags go: those of an image before the tags that are about it. So whatever ends a sweep, no tag of an
 * image is left without its signatures, and a tag that stays is known to stay when their turn comes.
 */
import type { DigestId } from '../inventory/digest-table.ts';
import { NONE, type Inventory } from '../inventory/inventory.ts';
import { at, itemAt } from '../shared/columns.ts';
import { addTo } from '../shared/lists.ts';
import { Documents } from './documents.ts';
import { TagSubjects } from './tag-subjects.ts';

/** The same rows: tags about nothing first, then signatures, then the signatures of those. What is equal stays in its order. */
export function subjectsFirst(inventory: Inventory, tags: Uint32Array): Uint32Array {
  const subjects = new TagSubjects(inventory);
  const about = new Map<DigestId, number[]>();
  const plain: number[] = [];
  const following: number[] = [];
  for (const tag of tags) {
    const subject = subjects.of(tag);
    if (subject === NONE) plain.push(tag);
    else {
      following.push(tag);
      addTo(about, subject, tag);
    }
  }
  if (about.size === 0) return tags;
  return Uint32Array.from([...plain, ...inChains(inventory, following, about)]);
}

/** Tags that are about manifests, each after those that name what it is about. Cycles, in which nothing is first, come last. */
function inChains(
  inventory: Inventory,
  following: readonly number[],
  about: ReadonlyMap<DigestId, readonly number[]>,
): readonly number[] {
  const documents = new Documents(inventory);
  const after = new Map<number, readonly number[]>();
  const waitsFor = new Map<number, number>();
  for (const tag of following) {
    const current = at(inventory.tags.current, tag);
    const held = current === NONE ? [] : heldBy(documents, current);
    const later = [...new Set(held.flatMap((id) => about.get(id) ?? []))].filter((other) => other !== tag);
    after.set(tag, later);
    for (const other of later) waitsFor.set(other, (waitsFor.get(other) ?? 0) + 1);
  }
  const ordered = following.filter((tag) => !waitsFor.has(tag));
  for (let next = 0; next < ordered.length; next++) {
    for (const other of after.get(itemAt(ordered, next)) ?? []) {
      const left = (waitsFor.get(other) ?? 0) - 1;
      waitsFor.set(other, left);
      if (left === 0) ordered.push(other);
    }
  }
  const placed = new Set(ordered);
  return [...ordered, ...following.filter((tag) => !placed.has(tag))];
}

/** A document and all documents below it. */
function heldBy(documents: Documents, root: DigestId): readonly DigestId[] {
  const found = new Set([root]);
  for (const id of found) {
    for (const named of documents.namedBy(id)) if (documents.isDocument(named)) found.add(named);
  }
  return [...found];
}
