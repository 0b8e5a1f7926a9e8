/**
 * The order of deletion within a class: a manifest before what it names, so an index before its children; besides, by
 * repository and by digest, so that the same registry gives the same plan.
 */
import type { DigestId } from '../inventory/digest-table.ts';
import { MANIFEST_KINDS, type Inventory } from '../inventory/inventory.ts';
import { at } from '../shared/columns.ts';
import { compareText } from '../shared/problem.ts';
import type { Graph } from './graph.ts';

const INDEX = MANIFEST_KINDS.indexOf('index');
/** Of a blob that is no manifest, of a manifest that names none, and the least of an index. */
const HEIGHTS = { blob: 0, manifest: 1, index: 2 } as const;

export class DeletionOrder {
  private readonly heights: ReadonlyMap<DigestId, number>;

  constructor(
    private readonly inventory: Inventory,
    graph: Graph,
  ) {
    this.heights = heightsOf(inventory, graph);
  }

  tags(rows: Iterable<number>): Uint32Array {
    const { repository, name } = this.inventory.tags;
    return Uint32Array.from(
      [...rows].sort(
        (a, b) => this.byRepository(at(repository, a), at(repository, b)) || compareText(name[a] ?? '', name[b] ?? ''),
      ),
    );
  }

  tagIndexEntries(rows: Iterable<number>): Uint32Array {
    const { tagIndexEntries: entries, tags } = this.inventory;
    const compareTags = (a: number, b: number): number =>
      this.byRepository(at(tags.repository, a), at(tags.repository, b)) ||
      compareText(tags.name[a] ?? '', tags.name[b] ?? '');
    return Uint32Array.from(
      [...rows].sort(
        (a, b) =>
          compareTags(at(entries.tag, a), at(entries.tag, b)) ||
          this.byDigest(at(entries.digest, a), at(entries.digest, b)),
      ),
    );
  }

  revisions(rows: Iterable<number>): Uint32Array {
    const { repository, digest } = this.inventory.revisions;
    return Uint32Array.from(
      [...rows].sort(
        (a, b) =>
          this.byHeight(at(digest, a), at(digest, b)) ||
          this.byRepository(at(repository, a), at(repository, b)) ||
          this.byDigest(at(digest, a), at(digest, b)),
      ),
    );
  }

  layerLinks(rows: Iterable<number>): Uint32Array {
    const { repository, digest } = this.inventory.layerLinks;
    return Uint32Array.from(
      [...rows].sort(
        (a, b) =>
          this.byRepository(at(repository, a), at(repository, b)) || this.byDigest(at(digest, a), at(digest, b)),
      ),
    );
  }

  blobs(ids: Iterable<DigestId>): Uint32Array {
    return Uint32Array.from([...ids].sort((a, b) => this.byHeight(a, b) || this.byDigest(a, b)));
  }

  private byHeight(a: DigestId, b: DigestId): number {
    return (this.heights.get(b) ?? HEIGHTS.blob) - (this.heights.get(a) ?? HEIGHTS.blob);
  }

  private byRepository(a: number, b: number): number {
    const { repositories } = this.inventory;
    return a === b ? 0 : compareText(repositories[a]?.name ?? '', repositories[b]?.name ?? '');
  }

  private byDigest(a: DigestId, b: DigestId): number {
    const { digests } = this.inventory;
    return a === b ? 0 : compareText(digests.digest(a), digests.digest(b));
  }
}

/** Of each manifest one more than of the highest that it names. What names itself in a circle, which no hash can, ends. */
function heightsOf({ manifests }: Inventory, { references }: Graph): ReadonlyMap<DigestId, number> {
  const heights = new Map<DigestId, number>();
  const isManifest = new Set<DigestId>(manifests.digest);
  const least = new Map<DigestId, number>();
  for (const [m, id] of manifests.digest.entries()) {
    least.set(id, manifests.kind[m] === INDEX ? HEIGHTS.index : HEIGHTS.manifest);
  }
  const open = new Set<DigestId>();
  for (const root of isManifest) {
    const stack = [root];
    for (let node = stack.at(-1); node !== undefined; node = stack.at(-1)) {
      const below: DigestId[] = [];
      for (let edge = at(references.start, node); edge < at(references.start, node + 1); edge++) {
        const child = at(references.target, edge);
        if (isManifest.has(child)) below.push(child);
      }
      const waiting = heights.has(node) || open.has(node) ? [] : below.filter((child) => !heights.has(child));
      open.add(node);
      stack.push(...waiting.filter((child) => !open.has(child)));
      if (stack.at(-1) !== node) continue;
      stack.pop();
      const highest = Math.max(0, ...below.map((child) => heights.get(child) ?? 0));
      if (!heights.has(node)) heights.set(node, Math.max(least.get(node) ?? HEIGHTS.manifest, highest + 1));
    }
  }
  return heights;
}
