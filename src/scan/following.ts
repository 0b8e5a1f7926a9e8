/**
 * An inventory under construction that remembers which documents its rows ask for: every manifest that a revision or a
 * tag names is read, then the children that these name, to a fix-point, each once.
 */
import type { DigestId } from '../inventory/digest-table.ts';
import type { Findings, FoundLinkFile, FoundManifest, FoundReference, FoundTag } from '../inventory/findings.ts';
import { InventoryBuilder } from '../inventory/builder.ts';
import { standInsOf } from '../inventory/aliases.ts';
import type { KnownManifests } from '../inventory/known-manifests.ts';
import type { StatedFile } from '../inventory/link-columns.ts';
import { CANDIDATE, CHILD, MANIFEST_KINDS, MISSING } from '../inventory/inventory.ts';
import { Column } from '../shared/columns.ts';

/** How much is wanted of a digest's document: nothing, that it be read if it is a manifest, that it be one. */
const UNWANTED = 0;
const AS_CANDIDATE = 1;
const AS_MANIFEST = 2;
type Want = typeof AS_CANDIDATE | typeof AS_MANIFEST;

const NOT_THERE: FoundManifest = {
  health: MISSING,
  kind: MANIFEST_KINDS.indexOf('unknown'),
  mediaType: '',
  artifactType: '',
  bytes: NaN,
  diskBytes: NaN,
  time: NaN,
};

export class FollowingBuilder extends InventoryBuilder implements Findings<DigestId> {
  private known: KnownManifests | undefined;
  private readonly wanted = new Column(Uint8Array);
  private readonly read = new Column(Uint8Array);
  private candidates: DigestId[] = [];
  private manifestsWanted: DigestId[] = [];
  private dataless: DigestId[] = [];

  /** Has the manifests of an earlier scan at hand from now on. */
  know(known: KnownManifests | undefined): void {
    this.known = known;
  }

  /** Of documents the file when it was read, if they are known (`KnownManifests.fileOf`): bytes and time, in turn; else NaN. */
  knownFiles(documents: readonly DigestId[], candidates: boolean): Float64Array<ArrayBuffer> | undefined {
    if (this.known === undefined) return undefined;
    const files = new Float64Array(documents.length * 2).fill(NaN);
    for (const [place, id] of documents.entries()) {
      const file = this.known.fileOf(this.digests, id, candidates);
      if (file !== undefined) files.set([file.bytes, file.time], place * 2);
    }
    return files;
  }

  override revision(repository: number, digest: DigestId, link: FoundLinkFile): void {
    super.revision(repository, digest, link);
    this.want(digest, AS_MANIFEST);
  }

  override tag(repository: number, current: DigestId | undefined, tag: FoundTag): void {
    super.tag(repository, current, tag);
    if (current !== undefined) this.want(current, AS_MANIFEST);
  }

  /** What only history names is read, too: where its tag stays it is a root, with all that it reaches. */
  override tagIndexEntry(digest: DigestId): void {
    super.tagIndexEntry(digest);
    this.want(digest, AS_CANDIDATE);
  }

  override reference(target: DigestId, reference: FoundReference): void {
    super.reference(target, reference);
    if (reference.kind === CHILD) this.want(target, AS_MANIFEST);
    else if (reference.kind === CANDIDATE) this.want(target, AS_CANDIDATE);
  }

  override manifest(digest: DigestId, subject: DigestId | undefined, manifest: FoundManifest): void {
    super.manifest(digest, subject, manifest);
    this.read.extend(this.digests.size, 0);
    this.read.set(digest, 1);
    if (manifest.health === MISSING) this.withoutData(digest);
  }

  knownManifest(digest: DigestId, file: StatedFile): void {
    if (this.known === undefined) throw new TypeError('nothing is known');
    this.known.tell(this.digests, digest, file, this);
  }

  /** Documents that may be manifests, though nothing says so. */
  wantCandidates(digests: readonly DigestId[]): void {
    for (const digest of digests) this.want(digest, AS_CANDIDATE);
  }

  /** How many manifests are waiting to be read. */
  get waiting(): number {
    return this.manifestsWanted.length;
  }

  /** The manifests to read next: they are waiting no longer. */
  takeManifests(): readonly DigestId[] {
    const taken = this.manifestsWanted;
    this.manifestsWanted = [];
    return taken;
  }

  /** The candidates to read next. Where a wanted digest stands for another, that one is wanted, too. */
  takeCandidates(): readonly DigestId[] {
    this.wanted.extend(this.digests.size, UNWANTED);
    for (const { from, to } of this.aliasList) {
      const want = this.wanted.at(from);
      if (want === AS_CANDIDATE || want === AS_MANIFEST) this.want(to, want);
    }
    const taken = this.candidates;
    this.candidates = [];
    return taken;
  }

  /** Every manifest that is wanted and not on the volume becomes a row that says so. */
  addMissing(): void {
    const standIns = standInsOf({ aliases: this.aliasList, digests: this.digests });
    for (let digest = 0; digest < this.wanted.length; digest++) {
      const isMissing = this.wanted.at(digest) === AS_MANIFEST && !this.isStored(digest) && !this.isRead(digest);
      if (isMissing && !standIns.has(digest)) this.manifest(digest, undefined, NOT_THERE);
    }
  }

  /** A blob's folder is there and its `data` is not: it is no blob. */
  withoutData(digest: DigestId): void {
    if (!this.isStored(digest)) return;
    this.blobWithoutData(digest);
    this.dataless.push(digest);
  }

  /** The blobs whose `data` was not there, each once. */
  takeWithoutData(): readonly DigestId[] {
    const taken = this.dataless;
    this.dataless = [];
    return taken;
  }

  private isRead(digest: DigestId): boolean {
    return digest < this.read.length && this.read.at(digest) === 1;
  }

  /**
   * All blobs are listed before the first repository is read, so nothing is asked of the disk for what is not stored. A
   * digest read as a candidate is read once more when something calls it a manifest: only then is it a problem if it is
   * none.
   */
  private want(digest: DigestId, want: Want): void {
    this.wanted.extend(this.digests.size, UNWANTED);
    if (this.wanted.at(digest) >= want) return;
    this.wanted.set(digest, want);
    if (!this.isStored(digest) || this.isRead(digest)) return;
    if (want === AS_MANIFEST) this.manifestsWanted.push(digest);
    else this.candidates.push(digest);
  }
}
