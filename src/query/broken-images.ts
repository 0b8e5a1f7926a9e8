/**
 * Which images a client could not pull whole, and why: for each the paths at which something is missing or wrong. It goes by what
 * the registry asks the disk for a GET (distribution, `registry/storage`, `manifeststore.go` and `linkedblobstore.go`): the
 * revision link of each manifest, the layer link of each config and layer, in the repository that is asked, and the blobs.
 */
import { standInsOf } from '../inventory/aliases.ts';
import type { BlobCheck } from '../inventory/blob-checks.ts';
import type { DigestId } from '../inventory/digest-table.ts';
import {
  BLOB_STORED,
  CANDIDATE,
  CHILD,
  INDEX_KIND,
  NONE,
  REFERENCE_FOREIGN,
  SOUND,
  type Inventory,
} from '../inventory/inventory.ts';
import { blobData, layerLink, revisionLink } from '../layout/paths.ts';
import { at, flagAt, rowsOf } from '../shared/columns.ts';
import type { Severity } from '../shared/problem.ts';

/** A manifest that an index names. */
interface ChildState {
  /** Empty where the index does not say. */
  readonly platform: string;
  readonly digest: DigestId;
  /** Paths; none where it can be pulled. */
  readonly faults: readonly string[];
  /** Its manifest is not here, or not linked. */
  readonly isAbsent: boolean;
}

export interface ImageState extends Pick<ChildState, 'faults' | 'isAbsent'> {
  /** Of an index: all manifests below it that are no indexes, or that cannot be looked into. */
  readonly children: readonly ChildState[];
}

/** A config or layer that is here, and that its repository cannot serve. */
export interface Unlinked {
  readonly repository: number;
  readonly digest: DigestId;
  readonly manifest: DigestId;
  readonly path: string;
  /** There is a link, and the registry cannot use it. */
  readonly isBroken: boolean;
}

/** An index within an index within … is looked into so deep, and no deeper: nobody builds such. */
const MAX_DEPTH = 32;
const WHOLE: ImageState = { faults: [], children: [], isAbsent: false };

export class ImageInspector {
  readonly unlinked: Unlinked[] = [];
  /** By digest id: row of `manifests`, or `NONE`. */
  private readonly row: Int32Array;
  private readonly standIns: ReadonlyMap<DigestId, DigestId>;
  /** By digest id: the repository, from 1, that links it as a revision or layer, of those entered the last. */
  private readonly revisionOf: Uint32Array;
  private readonly layerOf: Uint32Array;
  private readonly childOf: Uint32Array;
  private repository = NONE;
  private name = '';
  private isLinkBroken = false;
  private states = new Map<DigestId, ImageState>();
  private told = new Set<DigestId>();

  /** `brokenLinks`: by path, links that the registry cannot use. `bad`: blobs whose content is not right. */
  constructor(
    private readonly inventory: Inventory,
    private readonly brokenLinks: ReadonlyMap<string, Severity>,
    private readonly brokenIn: ReadonlySet<string>,
    private readonly bad: ReadonlyMap<DigestId, BlobCheck>,
  ) {
    const { size } = inventory.digests;
    this.row = new Int32Array(size).fill(NONE);
    for (const [row, id] of inventory.manifests.digest.entries()) this.row[id] = row;
    this.standIns = standInsOf(inventory);
    this.revisionOf = new Uint32Array(size);
    this.layerOf = new Uint32Array(size);
    this.childOf = new Uint32Array(size);
  }

  /** From now on everything is asked of this repository. */
  enter(repository: number): void {
    const { revisions, layerLinks, repositories } = this.inventory;
    this.repository = repository;
    this.name = repositories[repository]?.name ?? '';
    this.isLinkBroken = this.brokenIn.has(this.name);
    this.states = new Map();
    this.told = new Set();
    for (const row of rowsOf(revisions.byRepository, repository))
      this.revisionOf[at(revisions.digest, row)] = repository + 1;
    for (const row of rowsOf(layerLinks.byRepository, repository))
      this.layerOf[at(layerLinks.digest, row)] = repository + 1;
  }

  /** Whether an index that was inspected in this repository names it. */
  isChild(id: DigestId): boolean {
    return this.childOf[id] === this.repository + 1;
  }

  inspect(id: DigestId, depth = 0): ImageState {
    const known = this.states.get(id);
    if (known !== undefined) return known;
    const state = this.look(id, depth);
    this.states.set(id, state);
    return state;
  }

  private look(id: DigestId, depth: number): ImageState {
    const link = revisionLink(this.name, this.digest(id));
    const isStored = this.isStored(id);
    const isLinked = this.revisionOf[id] === this.repository + 1;
    if (!isStored || !isLinked) {
      const faults = [...(isStored ? [] : [blobData(this.digest(id))]), link];
      return { faults, children: [], isAbsent: true };
    }
    const row = at(this.row, id);
    const faults: string[] = this.isBroken(link) ? [link] : [];
    const isSound = row !== NONE && flagAt(this.inventory.manifests.health, row) === SOUND;
    if (!isSound || this.bad.has(id)) faults.push(blobData(this.digest(id)));
    if (!isSound) return { faults, children: [], isAbsent: false };
    const children = this.lookAtReferences(id, row, faults, depth);
    return faults.length === 0 && children.length === 0 ? WHOLE : { faults, children, isAbsent: false };
  }

  private lookAtReferences(id: DigestId, row: number, faults: string[], depth: number): readonly ChildState[] {
    const { manifests } = this.inventory;
    const children: ChildState[] = [];
    for (let edge = at(manifests.referenceStart, row); edge < at(manifests.referenceStart, row + 1); edge++) {
      const target = at(manifests.referenceTarget, edge);
      const kind = flagAt(manifests.referenceKind, edge);
      if (kind === CHILD || (kind === CANDIDATE && this.isManifest(target))) {
        this.childOf[target] = this.repository + 1;
        const platform = this.inventory.words[at(manifests.referencePlatform, edge)] ?? '';
        if (depth < MAX_DEPTH) children.push(...this.childStates(target, platform, depth + 1));
      } else if (kind !== CANDIDATE && (flagAt(manifests.referenceFlags, edge) & REFERENCE_FOREIGN) === 0) {
        this.lookAtBlob(id, target, faults);
      }
    }
    return children;
  }

  private childStates(digest: DigestId, platform: string, depth: number): readonly ChildState[] {
    const { faults, isAbsent, children } = this.inspect(digest, depth);
    const isLeaf = faults.length > 0 || children.length === 0;
    return isLeaf ? [{ platform, digest, faults, isAbsent }] : children;
  }

  private lookAtBlob(manifest: DigestId, named: DigestId, faults: string[]): void {
    const id = this.isStored(named) ? named : (this.standIns.get(named) ?? named);
    const link = layerLink(this.name, this.digest(named));
    if (!this.isStored(id)) {
      faults.push(blobData(this.digest(id)), link);
      return;
    }
    if (this.bad.has(id)) faults.push(blobData(this.digest(id)));
    const isLinked = this.layerOf[named] === this.repository + 1;
    const isBroken = isLinked && this.isBroken(link);
    if (isLinked && !isBroken) return;
    faults.push(link);
    // A broken link that is an error already is told of as that.
    if (this.told.has(named) || (isBroken && this.brokenLinks.get(link) === 'error')) return;
    this.told.add(named);
    this.unlinked.push({ repository: this.repository, digest: named, manifest, path: link, isBroken });
  }

  private isBroken(path: string): boolean {
    return this.isLinkBroken && this.brokenLinks.has(path);
  }

  private isManifest(id: DigestId): boolean {
    const row = at(this.row, id);
    return row !== NONE && flagAt(this.inventory.manifests.kind, row) <= INDEX_KIND;
  }

  private isStored(id: DigestId): boolean {
    return (flagAt(this.inventory.blobs.flags, id) & BLOB_STORED) !== 0;
  }

  private digest(id: DigestId) {
    return this.inventory.digests.digest(id);
  }
}
