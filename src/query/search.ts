/** Search by name, tag or the beginning of a digest: bounded, and quick enough to be asked at each key. */
import { BLOB_STORED, MANIFEST_KINDS, REFERENCE_KINDS, type Inventory } from '../inventory/inventory.ts';
import { at, flagAt, numberAt } from '../shared/columns.ts';
import { compareText } from '../shared/problem.ts';
import { hasWords } from '../shared/search-words.ts';
import type { SearchAnswer } from '../report/model-serve.ts';

const MOST_OF_A_KIND = 50;
/** Digits; fewer would name half of the registry. */
const LEAST_DIGITS = 2;
const DIGEST = /^(?:([a-z0-9+._-]+):)?([0-9a-f]+)$/;

/** What a digest can be: as manifests name it, or a manifest. */
const KINDS = [...REFERENCE_KINDS, ...MANIFEST_KINDS];

/** What is looked through, made once for an inventory. */
export class SearchTable {
  /** Repositories by name; each with its row. */
  private readonly names: readonly (readonly [name: string, row: number])[];
  /** By digest: 0, or one more than a place in `KINDS`. */
  private readonly kinds: Uint8Array;

  constructor(private readonly inventory: Inventory) {
    this.names = inventory.repositories
      .map(({ name }, row) => [name, row] as const)
      .sort(([a], [b]) => compareText(a, b));
    this.kinds = kindsOf(inventory);
  }

  /** `q`: words that a name must have, all of them; `REPO:TAG`; a digest or its beginning, with or without its algorithm. */
  find(q: string): SearchAnswer {
    const words = q.trim().toLowerCase();
    if (words === '') return { repositories: [], tags: [], digests: [], more: false };
    const repositories = this.findRepositories(words);
    const tags = this.findTags(words);
    const digests = this.findDigests(words);
    const found = [repositories, tags, digests];
    return {
      repositories: repositories.slice(0, MOST_OF_A_KIND),
      tags: tags.slice(0, MOST_OF_A_KIND),
      digests: digests.slice(0, MOST_OF_A_KIND),
      more: found.some(({ length }) => length > MOST_OF_A_KIND),
    };
  }

  private findRepositories(words: string): readonly string[] {
    const matches = hasWords(words);
    const found: string[] = [];
    for (const [name] of this.names) {
      if (!matches(name)) continue;
      found.push(name);
      if (found.length > MOST_OF_A_KIND) break;
    }
    return found;
  }

  /** By repository, then by tag. What stands before a colon is looked for in the repository, what stands behind it in the tag. */
  private findTags(words: string): SearchAnswer['tags'] {
    const colon = words.lastIndexOf(':');
    const inRepository = colon > 0 ? hasWords(words.slice(0, colon)) : undefined;
    const inTag = hasWords(words.slice(colon + 1));
    const { tags } = this.inventory;
    const found: { readonly repository: string; readonly tag: string }[] = [];
    for (const [repository, row] of this.names) {
      if (inRepository?.(repository) === false) continue;
      const { start, order } = tags.byRepository;
      const here: string[] = [];
      for (let place = at(start, row); place < at(start, row + 1); place++) {
        const tag = tags.name[at(order, place)] ?? '';
        if (inTag(tag)) here.push(tag);
      }
      for (const tag of here.sort(compareText)) found.push({ repository, tag });
      if (found.length > MOST_OF_A_KIND) break;
    }
    return found;
  }

  private findDigests(words: string): SearchAnswer['digests'] {
    const [, algorithm, digits = ''] = DIGEST.exec(words) ?? [];
    if (digits.length < LEAST_DIGITS) return [];
    const { digests, blobs } = this.inventory;
    const ids = digests.withPrefix(digits).filter((id) => {
      const digest = digests.digest(id);
      return algorithm === undefined || digest.startsWith(`${algorithm}:`);
    });
    const spelled = ids.map((id) => [digests.digest(id), id] as const).sort(([a], [b]) => compareText(a, b));
    return spelled.slice(0, MOST_OF_A_KIND + 1).map(([digest, id]) => {
      const isStored = (flagAt(blobs.flags, id) & BLOB_STORED) !== 0;
      const bytes = numberAt(blobs.bytes, id);
      return {
        digest,
        kind: isStored ? (KINDS[flagAt(this.kinds, id) - 1] ?? 'blob') : 'missing',
        bytes: isStored && !Number.isNaN(bytes) ? bytes : null,
      };
    });
  }
}

function kindsOf({ digests, manifests }: Inventory): Uint8Array {
  const kinds = new Uint8Array(digests.size);
  const { digest, kind, referenceTarget, referenceKind } = manifests;
  for (let edge = 0; edge < referenceTarget.length; edge++) {
    kinds[at(referenceTarget, edge)] = flagAt(referenceKind, edge) + 1;
  }
  for (let row = 0; row < digest.length; row++) {
    kinds[at(digest, row)] = REFERENCE_KINDS.length + flagAt(kind, row) + 1;
  }
  return kinds;
}
