/** What a repair asks of an inventory: which links the registry cannot use, and which manifests are whole. */
import { standInsOf } from '../inventory/aliases.ts';
import type { DigestId } from '../inventory/digest-table.ts';
import {
  BLOB_STORED,
  CANDIDATE,
  CHILD,
  INDEX_KIND,
  MANIFEST_HEALTH,
  MANIFEST_KINDS,
  NONE,
  REFERENCE_FOREIGN,
  SOUND,
  type Inventory,
} from '../inventory/inventory.ts';
import { digestAlgorithm, isRegisteredAlgorithm, type Digest } from '../layout/digest.ts';
import { REVISIONS, TAGS } from '../layout/paths.ts';
import { at, flagAt, numberAt } from '../shared/columns.ts';
import { isoTime } from '../shared/times.ts';
import { ActionMaker } from './actions.ts';

/** `mismatch`: it names another digest than its path does. */
export type LinkFault = 'empty' | 'malformed' | 'mismatch';

/** Bytes that are not what the digest says, or more than a registry reads: nobody can be served them. */
const DAMAGED: ReadonlySet<string> = new Set(['truncated', 'mismatch', 'too-large']);
/** What the registry's own collector ends at: it does not know how to read it. */
const KINDS_UNKNOWN: ReadonlySet<string> = new Set(['artifact', 'unknown']);

/** Manifests that an index names, what else an index names (caches of BuildKit do so), and the config and layers of an image. */
interface Parts {
  readonly children: ReadonlySet<DigestId>;
  readonly entries: ReadonlySet<DigestId>;
  readonly blobs: ReadonlySet<DigestId>;
}

export class RepairFacts {
  /** Of what goes. */
  readonly maker: ActionMaker;
  private readonly faults = new Map<string, LinkFault>();
  /** By digest id: row of `manifests`, or `NONE`. */
  private readonly row: Int32Array;
  private readonly standIns: ReadonlyMap<DigestId, DigestId>;
  private readonly named = new Map<DigestId, Set<DigestId>>();
  /** Folders of tags and revisions in which something was found, if only something strange, and those that are empty. */
  private readonly folders = new Set<string>();
  /** Paths of which something is said. */
  private readonly strange = new Set<string>();

  constructor(readonly inventory: Inventory) {
    this.maker = new ActionMaker(inventory, { mode: 'revisions', batch: 1 });
    for (const { code, path } of inventory.problems) {
      // One that is malformed and names something else has both problems: the latter says more.
      if (code === 'link-mismatch') this.faults.set(path, 'mismatch');
      else if (code === 'link-empty') this.faults.set(path, 'empty');
      else if (code === 'link-malformed' && !this.faults.has(path)) this.faults.set(path, 'malformed');
    }
    this.row = new Int32Array(inventory.digests.size).fill(NONE);
    for (const [row, id] of inventory.manifests.digest.entries()) this.row[id] = row;
    this.standIns = standInsOf(inventory);
    for (const { path } of inventory.emptyFolders) this.addFolder(`${path}/`);
    for (const { path } of inventory.problems) {
      this.addFolder(path);
      this.strange.add(path);
    }
    for (const { path } of inventory.strayFiles) this.addFolder(path);
    for (const { from, to } of inventory.aliases) this.named.set(from, (this.named.get(from) ?? new Set()).add(to));
  }

  /** Whether a folder of tags or revisions of which no row tells is there all the same. */
  hasFolder(path: string): boolean {
    return this.folders.has(path);
  }

  /** Whether something stands there that the scan did not expect. */
  isStrange(path: string): boolean {
    return this.strange.has(path);
  }

  fault(path: string): LinkFault | undefined {
    return this.faults.get(path);
  }

  /** What a link says instead of the digest of its folder; `undefined` where that cannot be told for certain. */
  saysInstead(id: DigestId): DigestId | undefined {
    const [first, ...others] = this.named.get(id) ?? [];
    return others.length === 0 ? first : undefined;
  }

  digest(id: DigestId): Digest {
    return this.inventory.digests.digest(id);
  }

  isStored(id: DigestId): boolean {
    return (flagAt(this.inventory.blobs.flags, id) & BLOB_STORED) !== 0;
  }

  /** Stored, be it under the digest that this one stands for. */
  isHere(id: DigestId): boolean {
    const other = this.standIns.get(id);
    return this.isStored(id) || (other !== undefined && this.isStored(other));
  }

  /** It stands for a blob that is stored under another digest. */
  isStandIn(id: DigestId): boolean {
    return !this.isStored(id) && this.isHere(id);
  }

  /** A manifest that is here, whole, and what its digest says. */
  isWhole(id: DigestId): boolean {
    const row = at(this.row, id);
    const isRegistered = isRegisteredAlgorithm(digestAlgorithm(this.digest(id)));
    return isRegistered && this.isStored(id) && row !== NONE && flagAt(this.inventory.manifests.health, row) === SOUND;
  }

  /** A manifest whose bytes are here, and are not what its digest says: they can be served to nobody. */
  isDamaged(id: DigestId): boolean {
    const row = at(this.row, id);
    if (row === NONE || !this.isStored(id)) return false;
    return DAMAGED.has(MANIFEST_HEALTH[flagAt(this.inventory.manifests.health, row)] ?? '');
  }

  /** A manifest that is what its digest says, and that the registry's own collector ends at. */
  isBeyondCollector(id: DigestId): boolean {
    const row = at(this.row, id);
    if (row === NONE || !this.isStored(id)) return false;
    const { health, kind } = this.inventory.manifests;
    if (MANIFEST_HEALTH[flagAt(health, row)] === 'unreadable') return true;
    return flagAt(health, row) === SOUND && KINDS_UNKNOWN.has(MANIFEST_KINDS[flagAt(kind, row)] ?? '');
  }

  /**
   * What a manifest names and its repository must serve: only what a registry asked for before it took the manifest, or whoever
   * pushed it could read what is another's. Of what is not whole, and of kinds that no registry takes: none.
   */
  parts(id: DigestId): Parts {
    const row = at(this.row, id);
    const parts = { children: new Set<DigestId>(), entries: new Set<DigestId>(), blobs: new Set<DigestId>() };
    if (row === NONE || !this.isWhole(id)) return parts;
    const { kind: kinds, referenceStart, referenceTarget, referenceKind, referenceFlags } = this.inventory.manifests;
    const ownKind = flagAt(kinds, row);
    if (KINDS_UNKNOWN.has(MANIFEST_KINDS[ownKind] ?? '')) return parts;
    for (let edge = at(referenceStart, row); edge < at(referenceStart, row + 1); edge++) {
      const target = at(referenceTarget, edge);
      const kind = flagAt(referenceKind, edge);
      if ((flagAt(referenceFlags, edge) & REFERENCE_FOREIGN) !== 0) continue;
      if (kind === CHILD || (kind === CANDIDATE && this.isManifest(target))) parts.children.add(target);
      else if (kind !== CANDIDATE) (ownKind === INDEX_KIND ? parts.entries : parts.blobs).add(target);
    }
    return parts;
  }

  /** When the blob was written, as far as it is known. */
  timeOf(id: DigestId): string | undefined {
    return isoTime(numberAt(this.inventory.blobs.time, id)) ?? undefined;
  }

  private addFolder(path: string): void {
    for (const part of [TAGS, REVISIONS]) {
      const end = path.indexOf(`/${part}`) + part.length + 1;
      if (end > part.length && path[end] === '/') this.folders.add(path.slice(0, end));
    }
  }

  private isManifest(id: DigestId): boolean {
    const row = at(this.row, id);
    return row !== NONE && flagAt(this.inventory.manifests.kind, row) <= INDEX_KIND;
  }
}
