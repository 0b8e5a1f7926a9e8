/** The manifests that tags are about by their names: signatures, attestations, SBOMs, referrers tags. */
import type { DigestId } from '../inventory/digest-table.ts';
import { BLOB_STORED, NONE, type Inventory } from '../inventory/inventory.ts';
import { digestAlgorithm, digestHex, digestOf } from '../layout/digest.ts';
import { subjectOfTag } from '../layout/referrer-tags.ts';
import { at, flagAt, rowsOf } from '../shared/columns.ts';
import { withReferrers, type Graph } from './graph.ts';

/** All that a tag has ever named: what it names now, then its history. */
export function* namedByTag({ tags, tagIndexEntries }: Inventory, tag: number): Iterable<DigestId> {
  if (at(tags.current, tag) !== NONE) yield at(tags.current, tag);
  for (const row of rowsOf(tagIndexEntries.byTag, tag)) yield at(tagIndexEntries.digest, row);
}

/** The graph in which what these tags are about keeps all that they have ever named: a signature stays with what it signs. */
export function withFollowers(inventory: Inventory, graph: Graph, tags: Iterable<number>): Graph {
  const subjects = new TagSubjects(inventory);
  const pairs: (readonly [DigestId, DigestId])[] = [];
  for (const tag of tags) {
    const subject = subjects.of(tag);
    if (subject !== NONE) for (const named of namedByTag(inventory, tag)) pairs.push([subject, named]);
  }
  return withReferrers(graph, pairs);
}

export class TagSubjects {
  /** Of digests that a referrers tag cuts short: by what it says of them. */
  private cut: ReadonlyMap<string, DigestId> | undefined;

  constructor(private readonly inventory: Inventory) {}

  isAbout(tag: number): boolean {
    return subjectOfTag(this.inventory.tags.name[tag] ?? '') !== undefined;
  }

  /** What the tag of this row is about; `NONE` where it is about nothing, or about a manifest that is not here. */
  of(tag: number): DigestId {
    const about = subjectOfTag(this.inventory.tags.name[tag] ?? '');
    if (about === undefined) return NONE;
    const digest = digestOf(about.algorithm, about.hex);
    const id =
      digest === undefined ? this.cutShort(`${about.algorithm}-${about.hex}`) : this.inventory.digests.find(digest);
    if (id === undefined) return NONE;
    return (flagAt(this.inventory.blobs.flags, id) & BLOB_STORED) === 0 ? NONE : id;
  }

  private cutShort(name: string): DigestId | undefined {
    this.cut ??= this.longDigests();
    return this.cut.get(name);
  }

  private longDigests(): ReadonlyMap<string, DigestId> {
    const { digests } = this.inventory;
    const found = new Map<string, DigestId>();
    for (let id = 0; id < digests.size; id++) {
      if (digests.isSha256(id)) continue;
      const digest = digests.digest(id);
      found.set(`${digestAlgorithm(digest)}-${digestHex(digest).slice(0, 64)}`, id);
    }
    return found;
  }
}
