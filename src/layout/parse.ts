/**
 * Paths to places: the exact inverse of `paths.ts`, where the tree is drawn. Every position of the tree is told by what
 * stands before it, so a repository may be called `link/data`, and a tag `current` or `index`.
 */
import { digestOf, isAlgorithm, isRegisteredAlgorithm, type Digest } from './digest.ts';
import { parseRepositoryName, parseTagName, type RepositoryName } from './names.ts';
import {
  BLOBS,
  CURRENT,
  DATA,
  HASHSTATES,
  INDEX,
  LAYERS,
  LINK,
  MANIFESTS,
  REPOSITORIES,
  SIGNATURES,
  STARTEDAT,
  UPLOADS,
} from './paths.ts';
import type {
  BlobPlace,
  FileKind,
  FilePlace,
  LayerPlace,
  Place,
  RevisionPlace,
  TagPlace,
  UploadPlace,
} from './place.ts';

export type { Place } from './place.ts';

/** distribution 3.1, `registry/storage/driver/filesystem/driver.go`, `PutContent`: `<path>.<uuid>.tmp`. */
const TEMPORARY = /^(.+)\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.tmp$/s;
const OFFSET = /^(?:0|[1-9][0-9]{0,18})$/;
const BLOB_PREFIX = /^[a-zA-Z0-9=_-]{2}$/;
const HEX_PREFIX = /^[0-9a-f]{2}$/;

const FILE_KINDS: ReadonlySet<string> = new Set<FileKind>([
  'revision-link',
  'signature-link',
  'tag-current-link',
  'tag-index-entry-link',
  'layer-link',
  'upload-startedat',
  'upload-data',
  'hashstate',
  'blob-data',
]);

/** The repository that the rest of a path is in. */
interface Where {
  readonly repository: string;
  readonly legalName: RepositoryName | undefined;
}

/**
 * The place that `path` names: relative to `docker/registry/v2`, with `/`, and without one at either end. Never throws:
 * what is no path of the layout (`..`, empty components, a blob folder in the wrong prefix, …) is `unrecognised`.
 */
export function parsePath(path: string): Place {
  if (path === '') return { kind: 'layout' };
  const parts = path.split('/');
  const place = parts.every(isFileName) ? (parseTemporary(parts) ?? parseParts(parts)) : undefined;
  return place ?? { kind: 'unrecognised', path };
}

/** Whether a file of this name is one that a registry from 3.1 on was about to rename: `<name>.<uuid>.tmp`. */
export function isTemporaryFileName(name: string): boolean {
  return TEMPORARY.test(name);
}

function isFileName(part: string): boolean {
  return part !== '' && part !== '.' && part !== '..' && !part.includes('\0');
}

/** Only beside the file that it was to become: a tag or an upload may have such a name, too. */
function parseTemporary(parts: readonly string[]): Place | undefined {
  const last = parts.at(-1) ?? '';
  if (!last.endsWith('.tmp')) return undefined;
  const [, name, uuid] = TEMPORARY.exec(last) ?? [];
  if (name === undefined || uuid === undefined) return undefined;
  const target = parseParts([...parts.slice(0, -1), name]);
  return target !== undefined && isFilePlace(target) ? { kind: 'temporary-file', target, uuid } : undefined;
}

function isFilePlace(place: Place): place is FilePlace {
  return FILE_KINDS.has(place.kind);
}

function parseParts(parts: readonly string[]): Place | undefined {
  const [top, ...below] = parts;
  if (top === BLOBS) return parseBlobs(below);
  return top === REPOSITORIES ? parseRepositories(below) : undefined;
}

/** The first `_` folder ends the name: legal names have none, and the registry looks for none behind another. */
function parseRepositories(parts: readonly string[]): Place | undefined {
  if (parts.length === 0) return { kind: 'repositories-folder' };
  const mark = parts.findIndex((part) => part === MANIFESTS || part === LAYERS || part === UPLOADS);
  const repository = (mark === -1 ? parts : parts.slice(0, mark)).join('/');
  const where: Where = { repository, legalName: parseRepositoryName(repository) };
  if (mark === -1) return { kind: 'repository-folder', ...where };
  const below = parts.slice(mark + 1);
  if (parts[mark] === LAYERS) return parseLayers(where, below);
  if (parts[mark] === UPLOADS) return parseUploads(where, below);
  return parseManifests(where, below);
}

function parseManifests(where: Where, parts: readonly string[]): Place | undefined {
  const [store, ...below] = parts;
  if (store === undefined) return { kind: 'manifests-folder', ...where };
  if (store === 'revisions') return parseRevisions(where, below);
  return store === 'tags' ? parseTags(where, below) : undefined;
}

/** `<alg>/<hex>/…`, as far as it goes; `undefined` where the words make no digest. */
type DigestFolders =
  | { readonly level: 'top' }
  | { readonly level: 'algorithm'; readonly algorithm: string }
  | { readonly level: 'digest'; readonly digest: Digest; readonly below: readonly string[] };

function parseDigestFolders(parts: readonly string[]): DigestFolders | undefined {
  const [algorithm, encoded, ...below] = parts;
  if (algorithm === undefined) return { level: 'top' };
  if (encoded === undefined) return isAlgorithm(algorithm) ? { level: 'algorithm', algorithm } : undefined;
  const digest = digestOf(algorithm, encoded);
  return digest === undefined ? undefined : { level: 'digest', digest, below };
}

function isLink(below: readonly string[]): boolean {
  return below.length === 1 && below[0] === LINK;
}

function parseRevisions(where: Where, parts: readonly string[]): RevisionPlace | undefined {
  const folders = parseDigestFolders(parts);
  if (folders === undefined) return undefined;
  if (folders.level === 'top') return { kind: 'revisions-folder', ...where };
  if (folders.level === 'algorithm') {
    return { kind: 'revisions-algorithm-folder', ...where, algorithm: folders.algorithm };
  }
  const { digest, below } = folders;
  if (below.length === 0) return { kind: 'revision-folder', ...where, digest };
  if (isLink(below)) return { kind: 'revision-link', ...where, digest };
  return below[0] === SIGNATURES ? parseSignatures(where, digest, below.slice(1)) : undefined;
}

function parseSignatures(where: Where, digest: Digest, parts: readonly string[]): RevisionPlace | undefined {
  const folders = parseDigestFolders(parts);
  if (folders === undefined) return undefined;
  if (folders.level === 'top') return { kind: 'signatures-folder', ...where, digest };
  if (folders.level === 'algorithm') {
    return { kind: 'signatures-algorithm-folder', ...where, digest, algorithm: folders.algorithm };
  }
  const signature = folders.digest;
  if (folders.below.length === 0) return { kind: 'signature-folder', ...where, digest, signature };
  return isLink(folders.below) ? { kind: 'signature-link', ...where, digest, signature } : undefined;
}

function parseTags(where: Where, parts: readonly string[]): TagPlace | undefined {
  const [tag, store, ...below] = parts;
  if (tag === undefined) return { kind: 'tags-folder', ...where };
  const ofTag = { ...where, tag, legalTag: parseTagName(tag) };
  if (store === undefined) return { kind: 'tag-folder', ...ofTag };
  if (store === CURRENT && below.length === 0) return { kind: 'tag-current-folder', ...ofTag };
  if (store === CURRENT && isLink(below)) return { kind: 'tag-current-link', ...ofTag };
  if (store !== INDEX) return undefined;
  const folders = parseDigestFolders(below);
  if (folders === undefined) return undefined;
  if (folders.level === 'top') return { kind: 'tag-index-folder', ...ofTag };
  if (folders.level === 'algorithm') {
    return { kind: 'tag-index-algorithm-folder', ...ofTag, algorithm: folders.algorithm };
  }
  const { digest } = folders;
  if (folders.below.length === 0) return { kind: 'tag-index-entry-folder', ...ofTag, digest };
  return isLink(folders.below) ? { kind: 'tag-index-entry-link', ...ofTag, digest } : undefined;
}

function parseLayers(where: Where, parts: readonly string[]): LayerPlace | undefined {
  const folders = parseDigestFolders(parts);
  if (folders === undefined) return undefined;
  if (folders.level === 'top') return { kind: 'layers-folder', ...where };
  if (folders.level === 'algorithm') return { kind: 'layers-algorithm-folder', ...where, algorithm: folders.algorithm };
  const { digest } = folders;
  if (folders.below.length === 0) return { kind: 'layer-folder', ...where, digest };
  return isLink(folders.below) ? { kind: 'layer-link', ...where, digest } : undefined;
}

function parseUploads(where: Where, parts: readonly string[]): UploadPlace | undefined {
  const [upload, name, ...below] = parts;
  if (upload === undefined) return { kind: 'uploads-folder', ...where };
  const ofUpload = { ...where, upload };
  if (name === undefined) return { kind: 'upload-folder', ...ofUpload };
  if (name === HASHSTATES) return parseHashstates(ofUpload, below);
  if (below.length > 0) return undefined;
  if (name === STARTEDAT) return { kind: 'upload-startedat', ...ofUpload };
  return name === DATA ? { kind: 'upload-data', ...ofUpload } : undefined;
}

function parseHashstates(ofUpload: Where & { upload: string }, parts: readonly string[]): UploadPlace | undefined {
  const [algorithm, offset, ...below] = parts;
  if (algorithm === undefined) return { kind: 'hashstates-folder', ...ofUpload };
  if (!isAlgorithm(algorithm) || below.length > 0) return undefined;
  if (offset === undefined) return { kind: 'hashstates-algorithm-folder', ...ofUpload, algorithm };
  return OFFSET.test(offset) ? { kind: 'hashstate', ...ofUpload, algorithm, offset } : undefined;
}

/**
 * Below `blobs` an algorithm may fill several folders, so this is read from the end. The longest reading wins: a blob
 * before a prefix, a prefix before one more folder of the algorithm.
 */
function parseBlobs(parts: readonly string[]): BlobPlace | undefined {
  if (parts.length === 0) return { kind: 'blobs-folder' };
  const last = parts.at(-1);
  if (last === DATA) {
    const digest = blobFolderDigest(parts.slice(0, -1));
    return digest === undefined ? undefined : { kind: 'blob-data', digest };
  }
  const digest = blobFolderDigest(parts);
  if (digest !== undefined) return { kind: 'blob-folder', digest };
  return parsePrefixFolder(parts) ?? parseAlgorithmFolder(parts);
}

function blobFolderDigest(parts: readonly string[]): Digest | undefined {
  const encoded = parts.at(-1);
  const algorithm = spelledAlgorithm(parts.slice(0, -2));
  if (encoded === undefined || algorithm === undefined || parts.at(-2) !== encoded.slice(0, 2)) return undefined;
  return digestOf(algorithm, encoded);
}

function parsePrefixFolder(parts: readonly string[]): BlobPlace | undefined {
  const prefix = parts.at(-1);
  const algorithm = spelledAlgorithm(parts.slice(0, -1));
  if (prefix === undefined || algorithm === undefined) return undefined;
  const legal = isRegisteredAlgorithm(algorithm) ? HEX_PREFIX : BLOB_PREFIX;
  return legal.test(prefix) ? { kind: 'blobs-prefix-folder', algorithm, prefix } : undefined;
}

function parseAlgorithmFolder(parts: readonly string[]): BlobPlace | undefined {
  const algorithm = spelledAlgorithm(parts);
  return algorithm === undefined ? undefined : { kind: 'blobs-algorithm-folder', algorithm };
}

/**
 * The algorithm whose folders these are. What stands in a registered algorithm's folder and is as short as a prefix is
 * a prefix gone wrong (`sha256/zz`), not the second word of another algorithm.
 */
function spelledAlgorithm(parts: readonly string[]): string | undefined {
  const [first, second] = parts;
  if (first === undefined || parts.some((part) => /[.+]/.test(part))) return undefined;
  if (second !== undefined && second.length <= 2 && isRegisteredAlgorithm(first)) return undefined;
  const algorithm = parts.join('+');
  return isAlgorithm(algorithm) ? algorithm : undefined;
}
