/** Counts a generated tree in the plainest way there is, from the paths and bytes on disk and nothing else. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Manifests are far below this, and sparse layers of real sizes would take long to read. */
const READABLE_BYTES = 200_000;

export interface FoundFile {
  /** Below `docker/registry/v2`. */
  readonly path: string;
  readonly bytes: number;
  /** Epoch seconds. */
  readonly time: number;
  /** Latin-1; absent for what is larger than a manifest. */
  readonly content?: string;
}

export function filesOf(root: string): FoundFile[] {
  const base = join(root, 'docker/registry/v2');
  const entries = readdirSync(base, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return files.sort().map((file) => {
    const { size, mtimeMs } = statSync(file);
    const found = { path: file.slice(base.length + 1), bytes: size, time: mtimeMs / 1000 };
    return size > READABLE_BYTES ? found : { ...found, content: readFileSync(file, 'latin1') };
  });
}

/** Folders below `repositories` that are named `_layers` or `_uploads`, and revision folders. */
export function foldersOf(root: string): string[] {
  const base = join(root, 'docker/registry/v2');
  const entries = readdirSync(base, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(base.length + 1));
}

/** One hash over names, sizes, times and contents. */
export function treeHash(root: string): string {
  const hash = createHash('sha256');
  for (const { path, bytes, time, content } of filesOf(root))
    hash.update(`${path} ${bytes} ${time} ${content ?? ''}\n`);
  return hash.digest('hex');
}

export interface NaiveDocument {
  readonly mediaType?: string;
  readonly config?: { readonly digest: string };
  readonly layers?: readonly { readonly digest: string; readonly size: number }[];
  readonly manifests?: readonly { readonly digest: string }[];
}

/** The parsed manifest among the blobs, by digest. Layers and configs are not manifests. */
export function manifestsOf(files: readonly FoundFile[]): Map<string, NaiveDocument> {
  const manifests = new Map<string, NaiveDocument>();
  for (const { path, content } of files) {
    const hex = /^blobs\/sha256\/..\/([0-9a-f]{64})\/data$/.exec(path)?.[1];
    if (hex === undefined || content?.startsWith('{') !== true) continue;
    const document = JSON.parse(content) as NaiveDocument;
    if (document.mediaType !== undefined) manifests.set(`sha256:${hex}`, document);
  }
  return manifests;
}

export function namedBy(document: NaiveDocument): string[] {
  const descriptors = [
    ...(document.config ? [document.config] : []),
    ...(document.layers ?? []),
    ...(document.manifests ?? []),
  ];
  return descriptors.map(({ digest }) => digest);
}

/** Every digest that is reached from `roots`. */
export function reachedFrom(roots: readonly string[], manifests: ReadonlyMap<string, NaiveDocument>): Set<string> {
  const reached = new Set<string>();
  const waiting = [...roots];
  for (let digest = waiting.pop(); digest !== undefined; digest = waiting.pop()) {
    if (reached.has(digest)) continue;
    reached.add(digest);
    const document = manifests.get(digest);
    if (document !== undefined) waiting.push(...namedBy(document));
  }
  return reached;
}

/** Contents of the files whose path matches. */
export function linksLike(files: readonly FoundFile[], pattern: RegExp): string[] {
  return files.filter(({ path }) => pattern.test(path)).map(({ content }) => content ?? '');
}
