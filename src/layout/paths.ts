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

/** Where the layout begins, below the filesystem driver's `rootdirectory`. */
export const LAYOUT_FOLDER = 'docker/registry/v2';
export const REPOSITORIES = 'repositories';
export const BLOBS = 'blobs';

/** The four folders that make a directory a repository, or that one keeps. Relative to the repository's folder. */
export const MANIFESTS = '_manifests';
export const LAYERS = '_layers';
export const UPLOADS = '_uploads';
export const REVISIONS = `${MANIFESTS}/revisions`;
export const TAGS = `${MANIFESTS}/tags`;

export const LINK = 'link';
export const DATA = 'data';

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

export function signatureLink(repository: string, revision: Digest, signature: Digest): string {
  const below = `signatures/${digestAlgorithm(signature)}/${digestHex(signature)}/${LINK}`;
  return `${revisionFolder(repository, revision)}/${below}`;
}

export function tagFolder(repository: string, tag: string): string {
  return `${repositoryFolder(repository)}/${TAGS}/${tag}`;
}

export function tagCurrentLink(repository: string, tag: string): string {
  return `${tagFolder(repository, tag)}/current/${LINK}`;
}

export function tagIndexFolder(repository: string, tag: string): string {
  return `${tagFolder(repository, tag)}/index`;
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
export function blobAlgorithmFolder(algorithm: string): string {
  return `${BLOBS}/${algorithm.replace(/[+.;]/g, '/')}`;
}

export function blobFolder(digest: Digest): string {
  const hex = digestHex(digest);
  return `${blobAlgorithmFolder(digestAlgorithm(digest))}/${hex.slice(0, 2)}/${hex}`;
}

export function blobData(digest: Digest): string {
  return `${blobFolder(digest)}/${DATA}`;
}
