/** The steps of a chain, each with what it is to the one before. */
import type { Chain } from '../gc/chains.ts';
import type { Graph } from '../gc/graph.ts';
import { placeOf } from '../gc/root-links.ts';
import type { DigestId } from '../inventory/digest-table.ts';
import { CHILD, CONFIG, INDEX_KIND, NONE, REFERENCE_KINDS, type Inventory } from '../inventory/inventory.ts';
import type { ChainLink } from '../report/model-why.ts';
import { at, flagAt, groupRows, rowsOf, type Groups } from '../shared/columns.ts';

const LAYER = REFERENCE_KINDS.indexOf('layer');

export class Steps {
  /** Rows of `manifests` by digest: a document may have been read twice. */
  private readonly documents: Groups;

  constructor(
    private readonly inventory: Inventory,
    private readonly graph: Graph,
  ) {
    this.documents = groupRows(inventory.manifests.digest, graph.nodes);
  }

  /** What it is by itself; `undefined`: it was not read as a document. */
  documentKind(id: DigestId): 'index' | 'manifest' | undefined {
    const rows = rowsOf(this.documents, id);
    if (rows.length === 0) return undefined;
    return rows.some((row) => flagAt(this.inventory.manifests.kind, row) === INDEX_KIND) ? 'index' : 'manifest';
  }

  /** As its document says, or else what names it. */
  mediaTypeOf(id: DigestId, parent: DigestId | undefined): string | null {
    const { manifests, words } = this.inventory;
    const said = rowsOf(this.documents, id).find((row) => words[at(manifests.mediaType, row)] !== '');
    if (said !== undefined) return words[at(manifests.mediaType, said)] ?? null;
    const edge = parent === undefined ? undefined : this.reference(parent, id);
    const word = edge === undefined ? undefined : words[at(manifests.referenceMediaType, edge)];
    return word === undefined || word === '' ? null : word;
  }

  ofChain({ link, digests }: Chain): readonly ChainLink[] {
    const { inventory } = this;
    const steps: ChainLink[] = [];
    if (link !== undefined) {
      const { repository, tag } = placeOf(inventory, link);
      const name = inventory.repositories[repository]?.name ?? '';
      const [first = NONE] = digests;
      steps.push({ kind: 'repository', repository: name });
      steps.push({
        kind: link.kind,
        repository: name,
        ...(tag === undefined ? {} : { tag: inventory.tags.name[tag] ?? '' }),
        ...(link.kind === 'tag' || first === NONE ? {} : { digest: inventory.digests.digest(first) }),
      });
    }
    for (const [place, id] of digests.entries()) steps.push(this.step(digests[place - 1], id));
    return steps;
  }

  private step(parent: DigestId | undefined, id: DigestId): ChainLink {
    const digest = this.inventory.digests.digest(id);
    const itself = this.documentKind(id) ?? 'blob';
    if (parent === undefined) return { kind: itself, digest };
    const edge = this.reference(parent, id);
    if (edge === undefined) return { kind: this.isReferrer(parent, id) ? 'referrer' : itself, digest };
    const { referenceKind, referencePlatform } = this.inventory.manifests;
    const platform = this.inventory.words[at(referencePlatform, edge)] ?? '';
    return { kind: kindOf(flagAt(referenceKind, edge), itself), digest, ...(platform === '' ? {} : { platform }) };
  }

  /** The reference of a manifest to a digest; where there are several, the first that says for which platform. */
  private reference(parent: DigestId, id: DigestId): number | undefined {
    const { referenceStart, referenceTarget, referencePlatform } = this.inventory.manifests;
    let found: number | undefined;
    for (const row of rowsOf(this.documents, parent)) {
      for (let edge = at(referenceStart, row); edge < at(referenceStart, row + 1); edge++) {
        if (at(referenceTarget, edge) !== id) continue;
        if (this.inventory.words[at(referencePlatform, edge)] !== '') return edge;
        found ??= edge;
      }
    }
    return found;
  }

  private isReferrer(parent: DigestId, id: DigestId): boolean {
    const { start, target } = this.graph.references;
    return !target.subarray(at(start, parent), at(start, parent + 1)).includes(id);
  }
}

function kindOf(reference: number, itself: 'index' | 'manifest' | 'blob'): ChainLink['kind'] {
  if (reference === CONFIG) return 'config';
  if (reference === LAYER) return 'layer';
  return reference === CHILD && itself === 'blob' ? 'manifest' : itself;
}
