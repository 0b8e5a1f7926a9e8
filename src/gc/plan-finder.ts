/**
 * Finds the row of a plan that a path names. The path comes from a file that anybody may have written: it is taken apart by
 * the grammar of the layout and looked up, and never used for anything else.
 */
import type { DigestId } from '../inventory/digest-table.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { Digest } from '../layout/digest.ts';
import { parsePath } from '../layout/parse.ts';
import { at } from '../shared/columns.ts';
import type { ActionKind } from './action.ts';
import type { ActionMaker } from './actions.ts';
import type { Plan } from './plan.ts';

export class PlanFinder {
  private readonly repositories = new Map<string, number>();
  private readonly tags = new Map<string, number>();
  /** By owner and digest, which `key` makes one number. */
  private readonly entries = new Map<number, number>();
  private readonly revisions = new Map<number, number>();
  private readonly layerLinks = new Map<number, number>();
  private readonly blobs = new Set<DigestId>();
  /** Of the classes of which there are few: by path. */
  private readonly byPath = new Map<string, number>();

  constructor(
    private readonly inventory: Inventory,
    plan: Plan,
    maker: ActionMaker,
  ) {
    const { repositories, tags, tagIndexEntries, revisions, layerLinks } = inventory;
    for (const [id, { name }] of repositories.entries()) this.repositories.set(name, id);
    const nameTag = (row: number): void => {
      this.tags.set(tagKey(at(tags.repository, row), tags.name[row] ?? ''), row);
    };
    for (const row of plan.tagIndexEntries) {
      const tag = at(tagIndexEntries.tag, row);
      nameTag(tag);
      this.entries.set(this.key(tag, at(tagIndexEntries.digest, row)), row);
    }
    for (const row of plan.revisions) {
      this.revisions.set(this.key(at(revisions.repository, row), at(revisions.digest, row)), row);
    }
    for (const row of plan.layerLinks) {
      this.layerLinks.set(this.key(at(layerLinks.repository, row), at(layerLinks.digest, row)), row);
    }
    for (const id of plan.blobs) this.blobs.add(id);
    for (const row of plan.tags) this.byPath.set(maker.tag(row).path, row);
    for (const row of plan.signatureLinks) this.byPath.set(maker.signatureLink(row).path, row);
    for (const index of plan.uploads) this.byPath.set(maker.upload(index).path, index);
    for (const index of plan.strayFiles) this.byPath.set(maker.strayFile(index).path, index);
    for (const [index, { path }] of plan.emptyFolders.entries()) this.byPath.set(path, index);
  }

  /** The row of its class, of an empty folder its place in the plan; `undefined`: the plan has no such action. */
  find(kind: ActionKind, path: string): number | undefined {
    switch (kind) {
      case 'tag-index-entry':
        return this.findEntry(path);
      case 'revision':
        return this.findLink(path, 'revision-folder', this.revisions);
      case 'layer-link':
        return this.findLink(path, 'layer-folder', this.layerLinks);
      case 'blob':
        return this.findBlob(path);
      case 'tag':
      case 'signature-link':
      case 'upload':
      case 'stray-temporary-file':
      case 'empty-directory':
        return this.byPath.get(path);
      case 'make-folder':
      case 'write-link':
        return undefined;
    }
  }

  private findEntry(path: string): number | undefined {
    const place = parsePath(path);
    if (place.kind !== 'tag-index-entry-folder') return undefined;
    const repository = this.repositories.get(place.repository);
    const tag = repository === undefined ? undefined : this.tags.get(tagKey(repository, place.tag));
    return this.lookUp(this.entries, tag, place.digest);
  }

  private findLink(
    path: string,
    kind: 'revision-folder' | 'layer-folder',
    rows: ReadonlyMap<number, number>,
  ): number | undefined {
    const place = parsePath(path);
    if (place.kind !== kind || !('digest' in place) || !('repository' in place)) return undefined;
    return this.lookUp(rows, this.repositories.get(place.repository), place.digest);
  }

  private findBlob(path: string): number | undefined {
    const place = parsePath(path);
    if (place.kind !== 'blob-folder') return undefined;
    const id = this.inventory.digests.find(place.digest);
    return id !== undefined && this.blobs.has(id) ? id : undefined;
  }

  private lookUp(rows: ReadonlyMap<number, number>, owner: number | undefined, digest: Digest): number | undefined {
    const id = this.inventory.digests.find(digest);
    return owner === undefined || id === undefined ? undefined : rows.get(this.key(owner, id));
  }

  private key(owner: number, id: DigestId): number {
    return owner * this.inventory.digests.size + id;
  }
}

/** A repository's number has no `/`. */
function tagKey(repository: number, tag: string): string {
  return `${repository}/${tag}`;
}
