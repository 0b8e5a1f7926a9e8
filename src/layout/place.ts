/**
 * Every place of the v2 layout that has a meaning: the typed form of the tree that `paths.ts` draws. A place says what a
 * path is by its position alone; whether a file or a folder really stands there is for the scan to see.
 */
import type { Digest } from './digest.ts';
import type { RepositoryName, TagName } from './names.ts';

/** A repository as the path spells it. Illegal names are read and marked from; only under `legalName` is deleted. */
interface InRepository {
  /** The path below `repositories`, legal or not; empty where `_manifests` and the like lie in `repositories` itself. */
  readonly repository: string;
  readonly legalName: RepositoryName | undefined;
}

interface OfTag extends InRepository {
  /** The folder's name, legal or not. */
  readonly tag: string;
  readonly legalTag: TagName | undefined;
}

interface OfUpload extends InRepository {
  /** The folder's name: a UUID, if the registry wrote it. */
  readonly upload: string;
}

interface OfDigest {
  readonly digest: Digest;
}

interface OfAlgorithm {
  readonly algorithm: string;
}

/**
 * `repository-folder` is any folder below `repositories` that is in none of the three `_` folders: a repository, or a
 * namespace that only holds repositories. Which of them it is shows in what it holds, not in its path.
 */
interface RepositoryPlace extends InRepository {
  readonly kind: 'repository-folder' | 'manifests-folder';
}

/** Of a signature, `digest` is the revision that it signs. */
export type RevisionPlace =
  | ({ readonly kind: 'revisions-folder' } & InRepository)
  | ({ readonly kind: 'revisions-algorithm-folder' } & InRepository & OfAlgorithm)
  | ({ readonly kind: 'revision-folder' | 'revision-link' | 'signatures-folder' } & InRepository & OfDigest)
  | ({ readonly kind: 'signatures-algorithm-folder' } & InRepository & OfDigest & OfAlgorithm)
  | ({ readonly kind: 'signature-folder' | 'signature-link'; readonly signature: Digest } & InRepository & OfDigest);

export type TagPlace =
  | ({ readonly kind: 'tags-folder' } & InRepository)
  | ({ readonly kind: 'tag-folder' | 'tag-current-folder' | 'tag-current-link' | 'tag-index-folder' } & OfTag)
  | ({ readonly kind: 'tag-index-algorithm-folder' } & OfTag & OfAlgorithm)
  | ({ readonly kind: 'tag-index-entry-folder' | 'tag-index-entry-link' } & OfTag & OfDigest);

export type LayerPlace =
  | ({ readonly kind: 'layers-folder' } & InRepository)
  | ({ readonly kind: 'layers-algorithm-folder' } & InRepository & OfAlgorithm)
  | ({ readonly kind: 'layer-folder' | 'layer-link' } & InRepository & OfDigest);

/** `offset` is the decimal number of bytes that the state covers, as the file's name spells it. */
export type UploadPlace =
  | ({ readonly kind: 'uploads-folder' } & InRepository)
  | ({ readonly kind: 'upload-folder' | 'upload-startedat' | 'upload-data' | 'hashstates-folder' } & OfUpload)
  | ({ readonly kind: 'hashstates-algorithm-folder' } & OfUpload & OfAlgorithm)
  | ({ readonly kind: 'hashstate'; readonly offset: string } & OfUpload & OfAlgorithm);

/**
 * An algorithm that fills several folders is spelled with `+`: `blobs/sha256/b64u` is `sha256+b64u`, though `sha256.b64u`
 * has the same path. No registered algorithm is in that case, so no blob that may be deleted is.
 */
export type BlobPlace =
  | { readonly kind: 'blobs-folder' }
  | ({ readonly kind: 'blobs-algorithm-folder' } & OfAlgorithm)
  | ({ readonly kind: 'blobs-prefix-folder'; readonly prefix: string } & OfAlgorithm)
  | ({ readonly kind: 'blob-folder' | 'blob-data' } & OfDigest);

/** The kinds that are files; all others are folders. */
export type FileKind =
  | 'revision-link'
  | 'signature-link'
  | 'tag-current-link'
  | 'tag-index-entry-link'
  | 'layer-link'
  | 'upload-startedat'
  | 'upload-data'
  | 'hashstate'
  | 'blob-data';

type NamedPlace =
  | { readonly kind: 'layout' | 'repositories-folder' }
  | RepositoryPlace
  | RevisionPlace
  | TagPlace
  | LayerPlace
  | UploadPlace
  | BlobPlace;

type FileAmong<P> = P extends { readonly kind: infer K }
  ? [K & FileKind] extends [never]
    ? never
    : P & { readonly kind: K & FileKind }
  : never;

/** A place of a file that the registry writes. */
export type FilePlace = FileAmong<NamedPlace>;

/** What a registry from 3.1 on leaves when it dies between writing `target`'s new content and the rename. */
interface TemporaryFilePlace {
  readonly kind: 'temporary-file';
  readonly target: FilePlace;
  readonly uuid: string;
}

/** No path of the layout: reported, never touched. */
interface UnrecognisedPlace {
  readonly kind: 'unrecognised';
  readonly path: string;
}

export type Place = NamedPlace | TemporaryFilePlace | UnrecognisedPlace;
