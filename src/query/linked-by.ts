/** Who links a digest, and when: the links of every repository, by what they name. */
import { compareLinks, placeOf, type LinkKind, type RootLink } from '../gc/root-links.ts';
import type { DigestId } from '../inventory/digest-table.ts';
import { tagsByDigest, type Inventory } from '../inventory/inventory.ts';
import type { LinkedBy } from '../report/model-why.ts';
import { groupRows, numberAt, rowsOf, type Groups } from '../shared/columns.ts';
import { least } from '../shared/lists.ts';
import { isoTime } from '../shared/times.ts';

interface Table {
  readonly kind: LinkKind;
  readonly byDigest: Groups;
  /** Epoch milliseconds; NaN where it was not read. */
  readonly time: Float64Array;
}

export class LinkedDigests {
  private readonly tables: readonly Table[];

  /** Linear in the links. */
  constructor(private readonly inventory: Inventory) {
    const { tags, revisions, tagIndexEntries, layerLinks, digests } = inventory;
    this.tables = [
      { kind: 'tag', byDigest: tagsByDigest(inventory), time: tags.time },
      { kind: 'revision', byDigest: groupRows(revisions.digest, digests.size), time: revisions.time },
      {
        kind: 'tag-index-entry',
        byDigest: groupRows(tagIndexEntries.digest, digests.size),
        time: tagIndexEntries.time,
      },
      { kind: 'layer-link', byDigest: groupRows(layerLinks.digest, digests.size), time: layerLinks.time },
    ];
  }

  /** The links to any of these, the newest first, those without a time last and by name: `limit` of them, and how many there are. */
  of(ids: readonly DigestId[], limit: number): { readonly links: readonly LinkedBy[]; readonly count: number } {
    const found: (RootLink & { readonly time: number })[] = [];
    for (const { kind, byDigest, time } of this.tables) {
      for (const id of ids) {
        for (const row of rowsOf(byDigest, id)) {
          const linkedAt = numberAt(time, row);
          found.push({ kind, row, time: Number.isNaN(linkedAt) ? -Infinity : linkedAt });
        }
      }
    }
    const byName = compareLinks(this.inventory);
    const newest = least(found, limit, (a, b) => (a.time === b.time ? byName(a, b) : b.time - a.time));
    return { links: newest.map((link) => this.linkedBy(link)), count: found.length };
  }

  private linkedBy(link: RootLink & { readonly time: number }): LinkedBy {
    const { repositories, tags } = this.inventory;
    const { repository, tag } = placeOf(this.inventory, link);
    return {
      kind: link.kind,
      repository: repositories[repository]?.name ?? '',
      ...(tag === undefined ? {} : { tag: tags.name[tag] ?? '' }),
      linkedAt: isoTime(link.time),
    };
  }
}
