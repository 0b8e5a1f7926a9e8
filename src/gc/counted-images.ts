/** Images among blobs, as policies count them: an index is one with all that it holds; signatures and referrers are none. */
import type { DigestId } from '../inventory/digest-table.ts';
import { BLOB_STORED, NONE, type Inventory } from '../inventory/inventory.ts';
import { at, flagAt } from '../shared/columns.ts';
import { childrenOf } from './documents.ts';
import { subjectOf } from './mark.ts';
import { TagSubjects } from './tag-subjects.ts';

export class CountedImages {
  /** One flag a digest: a tag names it, or it is a revision, and it is about no other manifest. */
  private readonly named: Uint8Array;

  constructor(private readonly inventory: Inventory) {
    this.named = namedImages(inventory);
  }

  /** How many images are among the digests that are chosen. */
  count(isChosen: (id: DigestId) => boolean): number {
    const { manifests } = this.inventory;
    const parts = new Uint8Array(this.named.length);
    for (let m = 0; m < manifests.digest.length; m++) {
      if (isChosen(at(manifests.digest, m))) for (const child of childrenOf(manifests, m)) parts[child] = 1;
    }
    let count = 0;
    for (let id = 0; id < parts.length; id++) {
      if (this.named[id] === 1 && parts[id] === 0 && isChosen(id)) count++;
    }
    return count;
  }
}

function namedImages(inventory: Inventory): Uint8Array {
  const { blobs, tags, revisions } = inventory;
  const named = new Uint8Array(inventory.digests.size);
  const subjects = new TagSubjects(inventory);
  for (const id of revisions.digest) named[id] = 1;
  for (let tag = 0; tag < tags.current.length; tag++) {
    const id = at(tags.current, tag);
    if (id !== NONE && subjects.isAbout(tag)) named[id] = 0;
  }
  for (let tag = 0; tag < tags.current.length; tag++) {
    const id = at(tags.current, tag);
    if (id !== NONE && !subjects.isAbout(tag)) named[id] = 1;
  }
  for (const id of subjectOf(inventory).keys()) named[id] = 0;
  for (let id = 0; id < named.length; id++) if ((flagAt(blobs.flags, id) & BLOB_STORED) === 0) named[id] = 0;
  return named;
}
