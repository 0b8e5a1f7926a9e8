/**
 * Builds an inventory from findings, row by row, in columns. It can build more than once: scanning builds a first time
 * to learn which files are worth a stat, adds what they say, and builds again.
 */
import { at, Column, flagAt, groupRows, numberAt, shared } from '../shared/columns.ts';
import { compareProblems, type Problem } from '../shared/problem.ts';
import { DigestTable, type DigestId } from './digest-table.ts';
import type {
  Findings,
  FoundFile,
  FoundLinkFile,
  FoundManifest,
  FoundReference,
  FoundTag,
  FoundUpload,
} from './findings.ts';
import {
  BLOB_STATED,
  BLOB_STORED,
  BLOB_UNTOUCHABLE,
  NONE,
  ROW_UNTOUCHABLE,
  SCHEMA1,
  SOUND,
  type Alias,
  type Blobs,
  type Elsewhere,
  type EmptyFolder,
  type Inventory,
  type LayerLinks,
  type Manifests,
  type Repository,
  type StrayFile,
  type TagIndexEntries,
  type Trash,
  type Upload,
  type Witness,
} from './inventory.ts';
import { LinkColumns, type StatedFile } from './link-columns.ts';
import { Words } from './words.ts';

const bytes = (): Column<Uint8Array> => new Column(Uint8Array);
const ids = (): Column<Uint32Array> => new Column(Uint32Array);
const signedIds = (): Column<Int32Array> => new Column(Int32Array);
const numbers = (): Column<Float64Array> => new Column(Float64Array);

/** What is known of a scan beside its rows. */
export interface ScanFacts {
  readonly root: string;
  readonly scannedAt: number;
  readonly minAgeSeconds: number;
  readonly hasRepositories: boolean;
  readonly diskUsage: boolean;
  readonly elsewhere: Elsewhere;
  readonly trash: Trash;
}

/** A revision in whose folder signatures may lie. */
interface SignedRevision {
  /** Row of `revisions`. */
  readonly row: number;
  readonly repository: number;
  readonly digest: DigestId;
}

export class InventoryBuilder implements Omit<Findings<DigestId>, 'knownManifest'> {
  readonly digests = new DigestTable();
  private complete = true;
  private readonly repositories: Repository[] = [];
  private readonly words = new Words();
  private readonly blobs = { flags: bytes(), bytes: numbers(), diskBytes: numbers(), time: numbers() };
  private readonly revisions = {
    repository: ids(),
    digest: ids(),
    time: numbers(),
    diskBytes: numbers(),
    flags: bytes(),
  };
  private readonly signatureLinks = { revision: ids(), digest: ids(), time: numbers(), diskBytes: numbers() };
  private readonly tags = { repository: ids(), current: signedIds(), time: numbers(), flags: bytes() };
  private readonly tagNames: string[] = [];
  /** Owned by tags. */
  private readonly entries = new LinkColumns();
  /** Owned by repositories. */
  private readonly links = new LinkColumns();
  private readonly manifests = {
    digest: ids(),
    health: bytes(),
    kind: bytes(),
    mediaType: ids(),
    artifactType: ids(),
    subject: signedIds(),
    created: numbers(),
    referenceStart: ids(),
  };
  private readonly references = {
    target: ids(),
    kind: bytes(),
    flags: bytes(),
    bytes: numbers(),
    mediaType: ids(),
    platform: ids(),
  };
  private readonly configs = { digest: ids(), created: numbers() };
  private readonly aliases: Alias[] = [];
  private readonly aliasKeys = new Set<string>();
  private readonly uploads: Upload[] = [];
  private readonly emptyFolders: EmptyFolder[] = [];
  private readonly strayFiles: StrayFile[] = [];
  private readonly problems: Problem[] = [];

  repository(repository: Repository): void {
    const { name, deletable, hasManifests, hasLayers, hasUploads } = repository;
    this.repositories.push({ name, deletable, hasManifests, hasLayers, hasUploads });
  }

  /** Links whose path and content disagree, so far. */
  get aliasList(): readonly Alias[] {
    return this.aliases;
  }

  blob(digest: DigestId, flags: number): void {
    this.extendBlobs();
    this.blobs.flags.set(digest, this.blobs.flags.at(digest) | flags);
  }

  revision(repository: number, digest: DigestId, link: FoundLinkFile): void {
    this.revisions.repository.push(repository);
    this.revisions.digest.push(digest);
    this.revisions.time.push(link.time);
    this.revisions.diskBytes.push(link.diskBytes);
    this.revisions.flags.push(link.flags);
  }

  /** A signature of the revision in row `revision`. */
  signatureLink(revision: number, digest: DigestId, link: Pick<FoundLinkFile, 'time' | 'diskBytes'>): void {
    this.signatureLinks.revision.push(revision);
    this.signatureLinks.digest.push(digest);
    this.signatureLinks.time.push(link.time);
    this.signatureLinks.diskBytes.push(link.diskBytes);
  }

  /** The revisions that may have signatures: of schema 1, or of a document that nobody can say what it is. */
  revisionsWithSignatures(): readonly SignedRevision[] {
    const maybe = new Uint8Array(this.digests.size);
    const { digest, kind, health } = this.manifests;
    for (let m = 0; m < digest.length; m++) {
      if (kind.at(m) === SCHEMA1 || health.at(m) !== SOUND) maybe[digest.at(m)] = 1;
    }
    const found: SignedRevision[] = [];
    for (let row = 0; row < this.revisions.digest.length; row++) {
      const revision = this.revisions.digest.at(row);
      if (maybe[revision] === 1) found.push({ row, repository: this.revisions.repository.at(row), digest: revision });
    }
    return found;
  }

  /** What is never deleted: something in its folder is a symbolic link. */
  revisionUntouchable(row: number): void {
    this.revisions.flags.set(row, this.revisions.flags.at(row) | ROW_UNTOUCHABLE);
  }

  tag(repository: number, current: DigestId | undefined, tag: FoundTag): void {
    this.tags.repository.push(repository);
    this.tags.current.push(current ?? NONE);
    this.tags.time.push(tag.time);
    this.tags.flags.push(tag.flags);
    this.tagNames.push(tag.name);
  }

  tagIndexEntry(digest: DigestId): void {
    this.entries.push(this.tagNames.length - 1, digest, 0);
  }

  layerLink(repository: number, digest: DigestId, flags: number): void {
    this.links.push(repository, digest, flags);
  }

  alias(from: DigestId, to: DigestId): void {
    const key = `${from} ${to}`;
    if (this.aliasKeys.has(key)) return;
    this.aliasKeys.add(key);
    this.aliases.push({ from, to });
  }

  upload(repository: number, upload: FoundUpload): void {
    const startedAt = Number.isNaN(upload.startedAt) ? undefined : upload.startedAt;
    this.uploads.push({ ...upload, repository, startedAt });
  }

  emptyFolder(repository: number | undefined, kind: EmptyFolder['kind'], path: string): void {
    this.emptyFolders.push({ repository, kind, path });
  }

  strayFile(repository: number | undefined, file: FoundFile): void {
    this.strayFiles.push({ ...file, repository });
  }

  manifest(digest: DigestId, subject: DigestId | undefined, manifest: FoundManifest): void {
    this.manifests.digest.push(digest);
    this.manifests.health.push(manifest.health);
    this.manifests.kind.push(manifest.kind);
    this.manifests.mediaType.push(this.words.id(manifest.mediaType));
    this.manifests.artifactType.push(this.words.id(manifest.artifactType));
    this.manifests.subject.push(subject ?? NONE);
    this.manifests.created.push(manifest.created ?? NaN);
    this.manifests.referenceStart.push(this.references.target.length);
    if (!Number.isNaN(manifest.time)) this.blobState(digest, manifest);
  }

  reference(target: DigestId, reference: FoundReference): void {
    this.references.target.push(target);
    this.references.kind.push(reference.kind);
    this.references.flags.push(reference.flags);
    this.references.bytes.push(reference.bytes);
    this.references.mediaType.push(this.words.id(reference.mediaType));
    this.references.platform.push(this.words.id(reference.platform));
  }

  config(digest: DigestId, created: number): void {
    this.configs.digest.push(digest);
    this.configs.created.push(created);
  }

  problem(problem: Problem): void {
    this.problems.push(problem);
  }

  incomplete(): void {
    this.complete = false;
  }

  /** What a stat said of a blob's `data`. */
  blobState(digest: DigestId, state: StatedFile): void {
    this.extendBlobs();
    this.blobs.flags.set(digest, this.blobs.flags.at(digest) | BLOB_STATED);
    this.blobs.bytes.set(digest, state.bytes);
    this.blobs.diskBytes.set(digest, state.diskBytes);
    this.blobs.time.set(digest, state.time);
  }

  /** There is no `data` in the blob's folder: it is no blob. */
  blobWithoutData(digest: DigestId): void {
    this.extendBlobs();
    this.blobs.flags.set(digest, this.blobs.flags.at(digest) & ~BLOB_STORED);
  }

  isStored(digest: DigestId): boolean {
    this.extendBlobs();
    return (this.blobs.flags.at(digest) & BLOB_STORED) !== 0;
  }

  isUntouchable(digest: DigestId): boolean {
    this.extendBlobs();
    return (this.blobs.flags.at(digest) & BLOB_UNTOUCHABLE) !== 0;
  }

  /** What is never deleted, because it is a symbolic link. */
  layerLinkUntouchable(row: number): void {
    this.links.addFlags(row, ROW_UNTOUCHABLE);
  }

  /** As `layerLinkUntouchable`, for a tag: its history is part of it. */
  tagUntouchable(row: number): void {
    this.tags.flags.set(row, this.tags.flags.at(row) | ROW_UNTOUCHABLE);
  }

  /** What a stat said of the link of layer link row `row`; `undefined`: there is none, so this is no layer link. */
  layerLinkState(row: number, state: StatedFile | undefined): void {
    this.links.setState(row, state);
  }

  tagIndexEntryState(row: number, state: StatedFile | undefined): void {
    this.entries.setState(row, state);
  }

  /** The inventory of all rows so far. It shares memory with the builder: what is added later spoils it. */
  build(facts: ScanFacts, witnesses: readonly Witness[] = []): Inventory {
    this.extendBlobs();
    const repositories = this.repositories.length;
    const revisionRepository = this.revisions.repository.view();
    const tagRepository = this.tags.repository.view();
    return {
      ...facts,
      complete: this.complete,
      digests: this.digests,
      words: this.words.list,
      blobs: this.buildBlobs(),
      manifests: this.buildManifests(),
      configs: { digest: this.configs.digest.view(), created: this.configs.created.view() },
      repositories: this.repositories,
      revisions: {
        repository: revisionRepository,
        digest: this.revisions.digest.view(),
        time: this.revisions.time.view(),
        diskBytes: this.revisions.diskBytes.view(),
        flags: this.revisions.flags.view(),
        byRepository: groupRows(revisionRepository, repositories),
      },
      tags: {
        repository: tagRepository,
        name: this.tagNames,
        current: this.tags.current.view(),
        time: this.tags.time.view(),
        flags: this.tags.flags.view(),
        byRepository: groupRows(tagRepository, repositories),
      },
      tagIndexEntries: this.buildEntries(),
      layerLinks: this.buildLinks(),
      signatureLinks: {
        revision: this.signatureLinks.revision.view(),
        digest: this.signatureLinks.digest.view(),
        time: this.signatureLinks.time.view(),
        diskBytes: this.signatureLinks.diskBytes.view(),
      },
      aliases: this.aliases,
      uploads: this.uploads,
      emptyFolders: this.emptyFolders,
      strayFiles: this.strayFiles,
      witnesses,
      problems: [...this.problems].sort(compareProblems),
    };
  }

  private extendBlobs(): void {
    const size = this.digests.size;
    if (this.blobs.flags.length === size) return;
    this.blobs.flags.extend(size, 0);
    this.blobs.bytes.extend(size, NaN);
    this.blobs.diskBytes.extend(size, NaN);
    this.blobs.time.extend(size, NaN);
  }

  /**
   * A blob that was not stat-ed has the size that its descriptors give, if they agree: content that is named by its
   * digest has one size only.
   */
  private buildBlobs(): Blobs {
    const flags = this.blobs.flags.view();
    const size = this.blobs.bytes.view();
    // What was built before may have left sizes that descriptors gave then.
    for (let id = 0; id < size.length; id++) if ((flagAt(flags, id) & BLOB_STATED) === 0) size[id] = NaN;
    const disagree = new Uint8Array(size.length);
    const target = this.references.target.view();
    const stated = this.references.bytes.view();
    for (let row = 0; row < target.length; row++) {
      const id = at(target, row);
      const claim = numberAt(stated, row);
      if ((flagAt(flags, id) & BLOB_STATED) !== 0 || Number.isNaN(claim)) continue;
      if (Number.isNaN(numberAt(size, id))) size[id] = claim;
      else if (numberAt(size, id) !== claim) disagree[id] = 1;
    }
    for (let id = 0; id < size.length; id++) if (disagree[id] === 1) size[id] = NaN;
    return { flags, bytes: size, diskBytes: this.blobs.diskBytes.view(), time: this.blobs.time.view() };
  }

  private buildManifests(): Manifests {
    const start = shared(Uint32Array, this.manifests.digest.length + 1);
    start.set(this.manifests.referenceStart.view());
    start[this.manifests.digest.length] = this.references.target.length;
    return {
      digest: this.manifests.digest.view(),
      health: this.manifests.health.view(),
      kind: this.manifests.kind.view(),
      mediaType: this.manifests.mediaType.view(),
      artifactType: this.manifests.artifactType.view(),
      subject: this.manifests.subject.view(),
      created: this.manifests.created.view(),
      referenceStart: start,
      referenceTarget: this.references.target.view(),
      referenceKind: this.references.kind.view(),
      referenceFlags: this.references.flags.view(),
      referenceBytes: this.references.bytes.view(),
      referenceMediaType: this.references.mediaType.view(),
      referencePlatform: this.references.platform.view(),
    };
  }

  private buildEntries(): TagIndexEntries {
    const { owner: tag, digest, time, diskBytes } = this.entries.present();
    return { tag, digest, time, diskBytes, byTag: groupRows(tag, this.tagNames.length) };
  }

  private buildLinks(): LayerLinks {
    const { owner: repository, digest, time, diskBytes, flags } = this.links.present();
    const byRepository = groupRows(repository, this.repositories.length);
    return { repository, digest, time, diskBytes, flags, byRepository };
  }
}
