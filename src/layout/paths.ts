/**
 * Places to paths: the one spelling of the v2 layout (distribution, `registry/storage/paths.go`). All paths are relative
 * to `docker/registry/v2` and use `/`. `parse.ts` is the exact inverse. Nothing else in the program joins these words.
 *
 *     docker/registry/v2/
 *       repositories/<name>/                         names nest: `a` and `a/b` are both repositories
 *         _manifests/
 *           revisions/<alg>/<hex>/
 *             link                                   this repository holds this manifest
 *             signatures/<alg>/<hex>/link            schema 1, registries before 2.6
 *           tags/<tag>/
 *             current/link                           the revision that the tag names now
 *             index/<alg>/<hex>/link                 every revision that it has ever named
 *         _layers/<alg>/<hex>/link                   this repository may serve this blob
 *         _uploads/<uuid>/
 *           startedat                                RFC 3339, when the push began
 *           data                                     what has arrived
 *           hashstates/<alg>/<offset>                the hash so far
 *       blobs/<alg>/<2 hex>/<hex>/data               content named by its digest
 *
 * `+`, `.` and `;` in an algorithm become `/` below `blobs` (`blobAlgorithmReplacer`), and only there. Registries from
 * 3.1 on write `<name>.<uuid>.tmp` beside the file that they are about to replace; a crash leaves it.
 */
import { digestAlgorithm, digestHex, type Digest } from './digest.ts';
import type { BlobPlace, Place, RevisionPlace, TagPlace, UploadPlace } from './place.ts';

/** Where the layout begins, below the filesystem driver's `rootdirectory`. */
export const LAYOUT_FOLDER = 'docker/registry/v2';
export const REPOSITORIES = 'repositories';
export const BLOBS = 'blobs';

/** The three folders that make a directory a repository, and the two that its manifests are in. Relative to its folder. */
export const MANIFESTS = '_manifests';
export const LAYERS = '_layers';
export const UPLOADS = '_uploads';
export const REVISIONS = `${MANIFESTS}/revisions`;
export const TAGS = `${MANIFESTS}/tags`;

export const LINK = 'link';
export const DATA = 'data';
export const SIGNATURES = 'signatures';
export const CURRENT = 'current';
export const INDEX = 'index';
export const STARTEDAT = 'startedat';
export const HASHSTATES = 'hashstates';

/**
 * The folder of a repository. `name` is any path below `repositories`, legal or not: what may be deleted is decided
 * elsewhere, from `RepositoryName`.
 */
export function repositoryFolder(name: string): string {
  return name === '' ? REPOSITORIES : `${REPOSITORIES}/${name}`;
}

export function revisionFolder(repository: string, digest: Digest): string {
  return `${repositoryFolder(repository)}/${REVISIONS}/${digestAlgorithm(digest)}/${digestHex(digest)}`;
}

export function revisionLink(repository: string, digest: Digest): string {
  return `${revisionFolder(repository, digest)}/${LINK}`;
}

export function signaturesFolder(repository: string, revision: Digest): string {
  return `${revisionFolder(repository, revision)}/${SIGNATURES}`;
}

export function signatureFolder(repository: string, revision: Digest, signature: Digest): string {
  return `${signaturesFolder(repository, revision)}/${digestAlgorithm(signature)}/${digestHex(signature)}`;
}

export function signatureLink(repository: string, revision: Digest, signature: Digest): string {
  return `${signatureFolder(repository, revision, signature)}/${LINK}`;
}

export function tagFolder(repository: string, tag: string): string {
  return `${repositoryFolder(repository)}/${TAGS}/${tag}`;
}

export function tagCurrentLink(repository: string, tag: string): string {
  return `${tagFolder(repository, tag)}/${CURRENT}/${LINK}`;
}

export function tagIndexFolder(repository: string, tag: string): string {
  return `${tagFolder(repository, tag)}/${INDEX}`;
}

export function tagIndexEntryFolder(repository: string, tag: string, digest: Digest): string {
  return `${tagIndexFolder(repository, tag)}/${digestAlgorithm(digest)}/${digestHex(digest)}`;
}

export function tagIndexEntryLink(repository: string, tag: string, digest: Digest): string {
  return `${tagIndexEntryFolder(repository, tag, digest)}/${LINK}`;
}

export function layerFolder(repository: string, digest: Digest): string {
  return `${repositoryFolder(repository)}/${LAYERS}/${digestAlgorithm(digest)}/${digestHex(digest)}`;
}

export function layerLink(repository: string, digest: Digest): string {
  return `${layerFolder(repository, digest)}/${LINK}`;
}

export function uploadFolder(repository: string, upload: string): string {
  return `${repositoryFolder(repository)}/${UPLOADS}/${upload}`;
}

/** `sha256` stays; `sha256+b64` becomes `sha256/b64` (`blobAlgorithmReplacer`). */
function blobAlgorithmFolder(algorithm: string): string {
  return `${BLOBS}/${algorithm.replace(/[+.;]/g, '/')}`;
}

export function blobFolder(digest: Digest): string {
  const hex = digestHex(digest);
  return `${blobAlgorithmFolder(digestAlgorithm(digest))}/${hex.slice(0, 2)}/${hex}`;
}

export function blobData(digest: Digest): string {
  return `${blobFolder(digest)}/${DATA}`;
}

/**
 * The path of any place: for what `parsePath` recognised it gives back the very path that was parsed, and an
 * unrecognised place has its own.
 */
export function pathOf(place: Place): string {
  switch (place.kind) {
    case 'unrecognised':
      return place.path;
    case 'layout':
      return '';
    case 'repositories-folder':
      return REPOSITORIES;
    case 'repository-folder':
      return repositoryFolder(place.repository);
    case 'manifests-folder':
      return `${repositoryFolder(place.repository)}/${MANIFESTS}`;
    case 'layers-folder':
      return `${repositoryFolder(place.repository)}/${LAYERS}`;
    case 'layers-algorithm-folder':
      return `${repositoryFolder(place.repository)}/${LAYERS}/${place.algorithm}`;
    case 'layer-folder':
      return layerFolder(place.repository, place.digest);
    case 'layer-link':
      return layerLink(place.repository, place.digest);
    case 'temporary-file':
      return `${pathOf(place.target)}.${place.uuid}.tmp`;
    default:
      return pathBelow(place);
  }
}

function pathBelow(place: RevisionPlace | TagPlace | UploadPlace | BlobPlace): string {
  if ('upload' in place || place.kind === 'uploads-folder') return uploadPath(place);
  if ('tag' in place || place.kind === 'tags-folder') return tagPath(place);
  return 'repository' in place ? revisionPath(place) : blobPath(place);
}

function revisionPath(place: RevisionPlace): string {
  switch (place.kind) {
    case 'revisions-folder':
      return `${repositoryFolder(place.repository)}/${REVISIONS}`;
    case 'revisions-algorithm-folder':
      return `${repositoryFolder(place.repository)}/${REVISIONS}/${place.algorithm}`;
    case 'revision-folder':
      return revisionFolder(place.repository, place.digest);
    case 'revision-link':
      return revisionLink(place.repository, place.digest);
    case 'signatures-folder':
      return signaturesFolder(place.repository, place.digest);
    case 'signatures-algorithm-folder':
      return `${signaturesFolder(place.repository, place.digest)}/${place.algorithm}`;
    case 'signature-folder':
      return signatureFolder(place.repository, place.digest, place.signature);
    case 'signature-link':
      return signatureLink(place.repository, place.digest, place.signature);
  }
}

function tagPath(place: TagPlace): string {
  switch (place.kind) {
    case 'tags-folder':
      return `${repositoryFolder(place.repository)}/${TAGS}`;
    case 'tag-folder':
      return tagFolder(place.repository, place.tag);
    case 'tag-current-folder':
      return `${tagFolder(place.repository, place.tag)}/${CURRENT}`;
    case 'tag-current-link':
      return tagCurrentLink(place.repository, place.tag);
    case 'tag-index-folder':
      return tagIndexFolder(place.repository, place.tag);
    case 'tag-index-algorithm-folder':
      return `${tagIndexFolder(place.repository, place.tag)}/${place.algorithm}`;
    case 'tag-index-entry-folder':
      return tagIndexEntryFolder(place.repository, place.tag, place.digest);
    case 'tag-index-entry-link':
      return tagIndexEntryLink(place.repository, place.tag, place.digest);
  }
}

function uploadPath(place: UploadPlace): string {
  if (place.kind === 'uploads-folder') return `${repositoryFolder(place.repository)}/${UPLOADS}`;
  const folder = uploadFolder(place.repository, place.upload);
  switch (place.kind) {
    case 'upload-folder':
      return folder;
    case 'upload-startedat':
      return `${folder}/${STARTEDAT}`;
    case 'upload-data':
      return `${folder}/${DATA}`;
    case 'hashstates-folder':
      return `${folder}/${HASHSTATES}`;
    case 'hashstates-algorithm-folder':
      return `${folder}/${HASHSTATES}/${place.algorithm}`;
    case 'hashstate':
      return `${folder}/${HASHSTATES}/${place.algorithm}/${place.offset}`;
  }
}

function blobPath(place: BlobPlace): string {
  switch (place.kind) {
    case 'blobs-folder':
      return BLOBS;
    case 'blobs-algorithm-folder':
      return blobAlgorithmFolder(place.algorithm);
    case 'blobs-prefix-folder':
      return `${blobAlgorithmFolder(place.algorithm)}/${place.prefix}`;
    case 'blob-folder':
      return blobFolder(place.digest);
    case 'blob-data':
      return blobData(place.digest);
  }
}
