/**
 * How findings travel: a reading thread writes them into a packet (`FindingsWriter`), the collecting thread plays the
 * packet to whoever builds the inventory (`playBack`).
 */
import type { Digest } from '../layout/digest.ts';
import type { DigestId, DigestTable } from '../inventory/digest-table.ts';
import { EMPTY_FOLDER_KINDS, type EmptyFolder } from '../inventory/inventory.ts';
import type { StatedFile } from '../inventory/link-columns.ts';
import type { Problem } from '../shared/problem.ts';
import type {
  Findings,
  FoundFile,
  FoundLinkFile,
  FoundManifest,
  FoundReference,
  FoundTag,
  FoundUpload,
} from '../inventory/findings.ts';
import { PacketReader, PacketWriter } from './packet.ts';

/** What a row of a packet is. */
const Row = {
  Blob: 0,
  Revision: 1,
  Tag: 2,
  TagIndexEntry: 3,
  LayerLink: 4,
  Alias: 5,
  Upload: 6,
  EmptyFolder: 7,
  StrayFile: 8,
  Manifest: 9,
  Reference: 10,
  Problem: 11,
  Incomplete: 12,
  Blobs: 13,
  LayerLinks: 14,
  TagIndexEntries: 15,
  Config: 16,
  KnownManifest: 17,
  Anew: 18,
} as const;

/** How a repository that is not known is written. */
const NO_REPOSITORY = 0xffffffff;

export class FindingsWriter implements Findings<Digest> {
  private readonly packet = new PacketWriter();

  /** The rows so far, as a packet; the writer starts anew. */
  take(): Uint32Array<ArrayBuffer> {
    return this.packet.take();
  }

  /** What another writer holds comes next; that one starts anew. Neither knows words of the other. */
  append({ packet }: FindingsWriter): void {
    if (packet.isEmpty) return;
    this.packet.u32(Row.Anew);
    this.packet.append(packet);
    this.packet.u32(Row.Anew);
  }

  blob(digest: Digest, flags: number): void {
    this.packet.u32(Row.Blob);
    this.packet.digest(digest);
    this.packet.u32(flags);
  }

  /** Blobs of sha256 by their hexadecimal, 64 digits each, joined: as so many calls of `blob`. */
  blobs(hex: string, flags: number): void {
    this.packet.u32(Row.Blobs);
    this.packet.u32(flags);
    this.packet.digests(hex);
  }

  revision(repository: number, digest: Digest, link: FoundLinkFile): void {
    this.packet.u32(Row.Revision);
    this.packet.u32(repository);
    this.packet.digest(digest);
    this.packet.f64(link.time);
    this.packet.f64(link.diskBytes);
    this.packet.u32(link.flags);
  }

  tag(repository: number, current: Digest | undefined, tag: FoundTag): void {
    this.packet.u32(Row.Tag);
    this.packet.u32(repository);
    this.packet.digest(current);
    this.packet.text(tag.name);
    this.packet.f64(tag.time);
    this.packet.u32(tag.flags);
  }

  tagIndexEntry(digest: Digest): void {
    this.packet.u32(Row.TagIndexEntry);
    this.packet.digest(digest);
  }

  /** As `blobs`, for `tagIndexEntry`. */
  tagIndexEntries(hex: string): void {
    this.packet.u32(Row.TagIndexEntries);
    this.packet.digests(hex);
  }

  /** As `blobs`, for `layerLink`. */
  layerLinks(repository: number, hex: string, flags: number): void {
    this.packet.u32(Row.LayerLinks);
    this.packet.u32(repository);
    this.packet.u32(flags);
    this.packet.digests(hex);
  }

  layerLink(repository: number, digest: Digest, flags: number): void {
    this.packet.u32(Row.LayerLink);
    this.packet.u32(repository);
    this.packet.digest(digest);
    this.packet.u32(flags);
  }

  alias(from: Digest, to: Digest): void {
    this.packet.u32(Row.Alias);
    this.packet.digest(from);
    this.packet.digest(to);
  }

  upload(repository: number, upload: FoundUpload): void {
    this.packet.u32(Row.Upload);
    this.packet.u32(repository);
    this.packet.text(upload.name);
    this.packet.f64(upload.startedAt);
    this.packet.f64(upload.newestAt);
    this.packet.f64(upload.bytes);
    this.packet.f64(upload.diskBytes);
    this.packet.u32(upload.inodes);
    this.packet.u32(upload.throughLink ? 1 : 0);
  }

  emptyFolder(repository: number | undefined, kind: EmptyFolder['kind'], path: string): void {
    this.packet.u32(Row.EmptyFolder);
    this.packet.u32(repository ?? NO_REPOSITORY);
    this.packet.u32(EMPTY_FOLDER_KINDS.indexOf(kind));
    this.packet.text(path);
  }

  strayFile(repository: number | undefined, file: FoundFile): void {
    this.packet.u32(Row.StrayFile);
    this.packet.u32(repository ?? NO_REPOSITORY);
    this.packet.text(file.path);
    this.packet.f64(file.bytes);
    this.packet.f64(file.diskBytes);
    this.packet.f64(file.time);
  }

  manifest(digest: Digest, subject: Digest | undefined, manifest: FoundManifest): void {
    this.packet.u32(Row.Manifest);
    this.packet.digest(digest);
    this.packet.digest(subject);
    this.packet.u32(manifest.health);
    this.packet.u32(manifest.kind);
    this.packet.word(manifest.mediaType);
    this.packet.word(manifest.artifactType);
    this.packet.f64(manifest.bytes);
    this.packet.f64(manifest.diskBytes);
    this.packet.f64(manifest.time);
    this.packet.f64(manifest.created ?? NaN);
  }

  knownManifest(digest: Digest, file: StatedFile): void {
    this.packet.u32(Row.KnownManifest);
    this.packet.digest(digest);
    this.packet.f64(file.bytes);
    this.packet.f64(file.diskBytes);
    this.packet.f64(file.time);
  }

  reference(target: Digest, reference: FoundReference): void {
    this.packet.u32(Row.Reference);
    this.packet.digest(target);
    this.packet.u32(reference.kind);
    this.packet.u32(reference.flags);
    this.packet.f64(reference.bytes);
    this.packet.word(reference.mediaType);
    this.packet.word(reference.platform);
  }

  config(digest: Digest, created: number): void {
    this.packet.u32(Row.Config);
    this.packet.digest(digest);
    this.packet.f64(created);
  }

  problem(problem: Problem): void {
    this.packet.u32(Row.Problem);
    this.packet.text(JSON.stringify(problem));
  }

  incomplete(): void {
    this.packet.u32(Row.Incomplete);
  }
}

/** Plays the rows of a packet, in order. */
export function playBack(packet: Uint32Array, table: DigestTable, findings: Findings<DigestId>): void {
  const reader = new PacketReader(packet);
  while (!reader.atEnd) playRow(reader, table, findings);
}

function playRow(reader: PacketReader, table: DigestTable, findings: Findings<DigestId>): void {
  const row = reader.u32();
  switch (row) {
    case Row.Blob:
      return findings.blob(known(reader, table), reader.u32());
    case Row.Revision:
      return findings.revision(reader.u32(), known(reader, table), {
        time: reader.f64(),
        diskBytes: reader.f64(),
        flags: reader.u32(),
      });
    case Row.Tag:
      return findings.tag(reader.u32(), reader.digestId(table), {
        name: reader.text(),
        time: reader.f64(),
        flags: reader.u32(),
      });
    case Row.TagIndexEntry:
      return findings.tagIndexEntry(known(reader, table));
    case Row.LayerLink:
      return findings.layerLink(reader.u32(), known(reader, table), reader.u32());
    case Row.Alias:
      return findings.alias(known(reader, table), known(reader, table));
    case Row.Upload:
      return findings.upload(reader.u32(), readUpload(reader));
    case Row.EmptyFolder:
      return findings.emptyFolder(repositoryOf(reader.u32()), folderKind(reader.u32()), reader.text());
    case Row.StrayFile:
      return findings.strayFile(repositoryOf(reader.u32()), readFile(reader));
    case Row.Manifest:
      return findings.manifest(known(reader, table), reader.digestId(table), readManifest(reader));
    case Row.KnownManifest:
      return findings.knownManifest(known(reader, table), {
        bytes: reader.f64(),
        diskBytes: reader.f64(),
        time: reader.f64(),
      });
    case Row.Reference:
      return findings.reference(known(reader, table), readReference(reader));
    case Row.Config:
      return findings.config(known(reader, table), reader.f64());
    case Row.Problem:
      return findings.problem(JSON.parse(reader.text()) as Problem);
    case Row.Incomplete:
      return findings.incomplete();
    case Row.Anew:
      return reader.forgetWords();
    default:
      playDigests(row, reader, table, findings);
  }
}

/** Rows of many digests at once. */
function playDigests(row: number, reader: PacketReader, table: DigestTable, findings: Findings<DigestId>): void {
  switch (row) {
    case Row.Blobs: {
      const flags = reader.u32();
      for (const id of reader.digestIds(table)) findings.blob(id, flags);
      return;
    }
    case Row.LayerLinks: {
      const repository = reader.u32();
      const flags = reader.u32();
      for (const id of reader.digestIds(table)) findings.layerLink(repository, id, flags);
      return;
    }
    case Row.TagIndexEntries:
      for (const id of reader.digestIds(table)) findings.tagIndexEntry(id);
      return;
    default:
      throw new RangeError(`no row of a packet has number ${row}`);
  }
}

function known(reader: PacketReader, table: DigestTable): DigestId {
  const id = reader.digestId(table);
  if (id === undefined) throw new RangeError('a packet row lacks its digest');
  return id;
}

function repositoryOf(written: number): number | undefined {
  return written === NO_REPOSITORY ? undefined : written;
}

function folderKind(written: number): EmptyFolder['kind'] {
  const kind = EMPTY_FOLDER_KINDS[written];
  if (kind === undefined) throw new RangeError(`no kind of folder has number ${written}`);
  return kind;
}

function readUpload(reader: PacketReader): FoundUpload {
  return {
    name: reader.text(),
    startedAt: reader.f64(),
    newestAt: reader.f64(),
    bytes: reader.f64(),
    diskBytes: reader.f64(),
    inodes: reader.u32(),
    throughLink: reader.u32() === 1,
  };
}

function readFile(reader: PacketReader): FoundFile {
  return { path: reader.text(), bytes: reader.f64(), diskBytes: reader.f64(), time: reader.f64() };
}

function readManifest(reader: PacketReader): FoundManifest {
  return {
    health: reader.u32(),
    kind: reader.u32(),
    mediaType: reader.word(),
    artifactType: reader.word(),
    bytes: reader.f64(),
    diskBytes: reader.f64(),
    time: reader.f64(),
    created: reader.f64(),
  };
}

function readReference(reader: PacketReader): FoundReference {
  return {
    kind: reader.u32(),
    flags: reader.u32(),
    bytes: reader.f64(),
    mediaType: reader.word(),
    platform: reader.word(),
  };
}

/** The digests of these ids as a packet, for handing work out. */
export function packDigests(table: DigestTable, ids: Iterable<DigestId>): Uint32Array<ArrayBuffer> {
  const writer = new PacketWriter();
  for (const id of ids) writer.digestOf(table, id);
  return writer.take();
}

/** The inverse of `packDigests`. */
export function unpackDigests(packet: Uint32Array): readonly Digest[] {
  const reader = new PacketReader(packet);
  const digests: Digest[] = [];
  while (!reader.atEnd) {
    const digest = reader.digest();
    if (digest !== undefined) digests.push(digest);
  }
  return digests;
}
