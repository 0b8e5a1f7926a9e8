/** Where damage is done: the victim in the fixture, and the few things that every damage needs. */
import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseDigest, type Digest } from '../../src/layout/digest.ts';
import { blobData, LAYOUT_FOLDER, revisionLink, tagCurrentLink, tagIndexEntryLink } from '../../src/layout/paths.ts';
import { digestBytes } from './content.ts';

/** What was hit. `path` is relative to `docker/registry/v2`. */
export interface DamageSite {
  readonly path: string;
  readonly repository?: string;
  readonly tag?: string;
  readonly digest?: Digest;
}

export interface Damage {
  readonly name: string;
  /** Does the damage to the registry at this registry root, and says where. */
  readonly inflict: (root: string) => DamageSite;
}

/** The image that is hit: one revision under two tags, with layers that no other repository has. */
export interface Victim {
  readonly repository: string;
  readonly tag: string;
  /** The second tag of the same revision. */
  readonly otherTag: string;
  readonly digest: Digest;
  readonly config: Digest;
  readonly layer: Digest;
  /** Another image of the same repository, with layers of its own. */
  readonly otherRevision: Digest;
}

const REPOSITORY = 'app';
const TAG = '1.0';
const OTHER_TAG = 'stable';
const OTHER_IMAGE = '0.9';

export function victim(root: string): Victim {
  const digest = tagged(root, TAG);
  const manifest = JSON.parse(readFileSync(at(root, blobData(digest)), 'utf8')) as {
    config: { digest: string };
    layers: { digest: string }[];
  };
  return {
    repository: REPOSITORY,
    tag: TAG,
    otherTag: OTHER_TAG,
    digest,
    config: wanted(parseDigest(manifest.config.digest)),
    layer: wanted(parseDigest(manifest.layers[0]?.digest ?? '')),
    otherRevision: tagged(root, OTHER_IMAGE),
  };
}

/** The absolute path of a path relative to `docker/registry/v2`. */
export function at(root: string, path: string): string {
  return join(root, LAYOUT_FOLDER, path);
}

export function write(root: string, path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(at(root, path)), { recursive: true });
  writeFileSync(at(root, path), content);
}

export function remove(root: string, path: string): void {
  rmSync(at(root, path), { recursive: true });
}

/** Moves what stands at `path` out of the registry root and leaves a symbolic link to it. `path` may be outside `v2`. */
export function replaceBySymbolicLink(root: string, path: string): void {
  const elsewhere = join(dirname(root), 'elsewhere');
  mkdirSync(elsewhere, { recursive: true });
  const target = join(elsewhere, path.replaceAll('/', '_'));
  renameSync(join(root, path), target);
  symlinkSync(target, join(root, path));
}

/** Puts a manifest with its true digest, as revision and as tag `planted`: only what it says is strange. */
export function plantManifest(root: string, bytes: Buffer): DamageSite {
  const digest = digestBytes(bytes);
  const tag = 'planted';
  write(root, blobData(digest), bytes);
  write(root, revisionLink(REPOSITORY, digest), digest);
  write(root, tagIndexEntryLink(REPOSITORY, tag, digest), digest);
  write(root, tagCurrentLink(REPOSITORY, tag), digest);
  return { path: blobData(digest), repository: REPOSITORY, tag, digest };
}

function tagged(root: string, tag: string): Digest {
  return wanted(parseDigest(readFileSync(at(root, tagCurrentLink(REPOSITORY, tag)), 'utf8')));
}

function wanted(digest: Digest | undefined): Digest {
  if (digest === undefined) throw new Error('the registry does not hold the image that damage is done to');
  return digest;
}
