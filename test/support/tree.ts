/**
 * Writes a registry's tree straight to disk, byte for byte as 2.8 leaves it after a push, without a registry: for trees
 * that no registry would write, and for many of them. Every path comes from `src/layout/paths.ts`.
 */
import { lstatSync, lutimesSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Digest } from '../../src/layout/digest.ts';
import {
  BLOBS,
  blobData,
  DATA,
  LAYOUT_FOLDER,
  layerLink,
  REPOSITORIES,
  repositoryFolder,
  revisionLink,
  tagCurrentLink,
  tagIndexEntryLink,
  uploadFolder,
  UPLOADS,
} from '../../src/layout/paths.ts';
import { digestBytes } from './content.ts';
import type { Pushable } from './images.ts';

const HOUR_MS = 3_600_000;

export interface UploadOptions {
  readonly uuid: string;
  readonly bytes?: Uint8Array;
  /** `undefined` leaves `startedat` out. */
  readonly startedAt: Date | undefined;
}

export class Tree {
  /** The registry root: what `docker/` stands in. */
  readonly root: string;

  constructor(root: string) {
    this.root = root;
    mkdirSync(this.path(REPOSITORIES), { recursive: true });
    mkdirSync(this.path(BLOBS), { recursive: true });
  }

  /** The absolute path of a path that is relative to `docker/registry/v2`. */
  path(relative: string): string {
    return join(this.root, LAYOUT_FOLDER, relative);
  }

  /** Writes any file, with the folders above it. */
  write(relative: string, content: string | Uint8Array): void {
    const path = this.path(relative);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }

  putBlob(bytes: Uint8Array, algorithm: 'sha256' | 'sha384' | 'sha512' = 'sha256'): Digest {
    const digest = digestBytes(bytes, algorithm);
    this.write(blobData(digest), bytes);
    return digest;
  }

  /** `content` is other than `digest` in the alias link of a blob that was pushed by its sha512. */
  linkLayer(repository: string, digest: Digest, content: Digest = digest): void {
    this.write(layerLink(repository, digest), content);
  }

  revision(repository: string, digest: Digest): void {
    this.write(revisionLink(repository, digest), digest);
  }

  /** The tag names `digest` now; `history` is what it named before. */
  tag(repository: string, tag: string, digest: Digest, options: { readonly history?: readonly Digest[] } = {}): void {
    for (const one of [...(options.history ?? []), digest]) {
      this.write(tagIndexEntryLink(repository, tag, one), one);
    }
    this.write(tagCurrentLink(repository, tag), digest);
  }

  /** What a whole push leaves: blobs and layer links, children as untagged revisions, the revision, and its tag. */
  push(repository: string, tag: string | undefined, image: Pushable): void {
    for (const blob of image.blobs) this.linkLayer(repository, this.putBlob(blob.bytes));
    if (image.blobs.length > 0) mkdirSync(this.path(`${repositoryFolder(repository)}/${UPLOADS}`), { recursive: true });
    for (const child of image.children) this.push(repository, undefined, child);
    this.putBlob(image.bytes);
    this.revision(repository, image.digest);
    if (tag !== undefined) this.tag(repository, tag, image.digest);
  }

  /** A push of a blob that has not ended, as it stands after its first piece. */
  upload(repository: string, options: UploadOptions): void {
    const folder = uploadFolder(repository, options.uuid);
    this.write(`${folder}/${DATA}`, options.bytes ?? Buffer.alloc(0));
    // The hash's inner state is opaque to everybody but the registry; only its place and length are known to others.
    this.write(`${folder}/hashstates/sha256/0`, Buffer.alloc(108));
    if (options.startedAt !== undefined) {
      this.write(`${folder}/startedat`, options.startedAt.toISOString().replace(/\.\d+Z$/, 'Z'));
    }
  }

  /** Sets when a tag was pushed: so many days before now. */
  pushedAt(repository: string, tag: string, daysAgo: number): void {
    const time = new Date(Date.now() - daysAgo * 24 * HOUR_MS);
    lutimesSync(this.path(tagCurrentLink(repository, tag)), time, time);
  }

  /** Makes everything `hours` old: files, folders and symbolic links, the registry root too. */
  age(hours: number): void {
    setTimes(this.root, new Date(Date.now() - hours * HOUR_MS));
  }
}

/** An empty registry at `root`: `repositories` and `blobs`, with nothing in them. */
export function createTree(root: string): Tree {
  return new Tree(root);
}

function setTimes(path: string, time: Date): void {
  if (lstatSync(path).isDirectory()) {
    for (const name of readdirSync(path)) setTimes(join(path, name), time);
  }
  lutimesSync(path, time, time);
}
