/**
 * What a scan found, as one value. Columns are typed arrays; a blob, a manifest and whatever is only named share one
 * number space, the ids of `digests`. Rows of a repository are found through `Groups`. Nothing here is changed once
 * built: scanning makes it, the index stores it and gives it back, marking and every analysis read it.
 */
import { groupRows, type Groups } from '../shared/columns.ts';
import type { Problem } from '../shared/problem.ts';
import type { DigestId, DigestTable } from './digest-table.ts';

/** Flags of a blob. */
export const BLOB_STORED = 1;
/** It lies behind a symbolic link or under an algorithm that the registry does not know: never deleted. */
export const BLOB_UNTOUCHABLE = 2;
/** `bytes`, `diskBytes` and `time` were read from the file, not taken from a descriptor. */
export const BLOB_STATED = 4;

/** Flag of revisions, tags and layer links: behind a symbolic link, or under a name that the layout does not know. */
export const ROW_UNTOUCHABLE = 1;
/** Of a tag: `current/link` is empty or malformed, so what it names is in doubt. */
export const TAG_UNCERTAIN = 2;
/** Of a tag: there is no `current/link`. */
export const TAG_WITHOUT_CURRENT = 4;
/** Of a tag: its folder's name is not a legal tag. */
export const TAG_NAME_ILLEGAL = 8;

/** Of a layer link of another algorithm than sha256: it does not say which blob it stands for. */
export const LINK_UNCERTAIN = 8;

/** What is missing: no digest, no id. */
export const NONE = -1;

/** Columns over digest ids. */
export interface Blobs {
  readonly flags: Uint8Array;
  /** Apparent size; NaN where nothing tells it. */
  readonly bytes: Float64Array;
  /** Allocated bytes; NaN where the file was not stat-ed. */
  readonly diskBytes: Float64Array;
  /** Modification time, epoch milliseconds; NaN where the file was not stat-ed. */
  readonly time: Float64Array;
}

/** How reading a manifest ended. Everything but `sound` puts the repositories that name it in doubt. */
export const MANIFEST_HEALTH = ['sound', 'missing', 'truncated', 'mismatch', 'unreadable', 'too-large'] as const;
export type ManifestHealth = (typeof MANIFEST_HEALTH)[number];
export const SOUND = 0;
export const MISSING = 1;

export const MANIFEST_KINDS = ['image', 'index', 'schema1', 'artifact', 'unknown'] as const;
export const SCHEMA1 = MANIFEST_KINDS.indexOf('schema1');
export const IMAGE_KIND = MANIFEST_KINDS.indexOf('image');
export const INDEX_KIND = MANIFEST_KINDS.indexOf('index');
export const REFERENCE_KINDS = ['config', 'layer', 'child', 'blob', 'candidate'] as const;
export const CHILD = REFERENCE_KINDS.indexOf('child');
export const CONFIG = REFERENCE_KINDS.indexOf('config');
export const LAYER = REFERENCE_KINDS.indexOf('layer');
export const CANDIDATE = REFERENCE_KINDS.indexOf('candidate');

/** Flags of a reference. */
export const REFERENCE_FOREIGN = 1;

/** One row per document that was read, or should have been. References of manifest `m` are rows start[m] … start[m+1]-1. */
export interface Manifests {
  readonly digest: Uint32Array;
  readonly health: Uint8Array;
  readonly kind: Uint8Array;
  /** Index into `words`. */
  readonly mediaType: Uint32Array;
  readonly artifactType: Uint32Array;
  /** Digest id, or `NONE`. */
  readonly subject: Int32Array;
  /** When it was created, as the document itself says (annotation, schema 1's history), epoch milliseconds; NaN: not at all. */
  readonly created: Float64Array;
  readonly referenceStart: Uint32Array;
  readonly referenceTarget: Uint32Array;
  readonly referenceKind: Uint8Array;
  readonly referenceFlags: Uint8Array;
  /** As the descriptor states it; NaN where it states none. */
  readonly referenceBytes: Float64Array;
  readonly referenceMediaType: Uint32Array;
  readonly referencePlatform: Uint32Array;
}

/** Configs that were read, because a policy orders by when images were created. */
interface Configs {
  readonly digest: Uint32Array;
  /** As the config says, epoch milliseconds; NaN where it does not, or cannot be read. */
  readonly created: Float64Array;
}

export interface Repository {
  /** The path below `repositories`; not always a legal name. */
  readonly name: string;
  /** Only under a legal name, and never behind a symbolic link, is anything deleted. */
  readonly deletable: boolean;
  /** Which of `_manifests`, `_layers`, `_uploads` there are. */
  readonly hasManifests: boolean;
  readonly hasLayers: boolean;
  readonly hasUploads: boolean;
}

interface Revisions {
  readonly repository: Uint32Array;
  readonly digest: Uint32Array;
  /** Time of the link, epoch milliseconds: when it was last pushed. */
  readonly time: Float64Array;
  readonly diskBytes: Float64Array;
  readonly flags: Uint8Array;
  readonly byRepository: Groups;
}

interface Tags {
  readonly repository: Uint32Array;
  readonly name: readonly string[];
  /** Digest id, or `NONE` where `current/link` tells none. */
  readonly current: Int32Array;
  /** Time of `current/link`, epoch milliseconds; NaN where there is none. */
  readonly time: Float64Array;
  readonly flags: Uint8Array;
  readonly byRepository: Groups;
}

export interface TagIndexEntries {
  readonly tag: Uint32Array;
  readonly digest: Uint32Array;
  /** NaN where it was not stat-ed. */
  readonly time: Float64Array;
  readonly diskBytes: Float64Array;
  readonly byTag: Groups;
}

export interface LayerLinks {
  readonly repository: Uint32Array;
  readonly digest: Uint32Array;
  /** NaN where it was not stat-ed. */
  readonly time: Float64Array;
  readonly diskBytes: Float64Array;
  readonly flags: Uint8Array;
  readonly byRepository: Groups;
}

/**
 * Signatures of schema 1 manifests, as registries before 2.6 kept them: links below a revision. Listed only where the
 * manifest is of schema 1, or where it cannot be told what it is.
 */
interface SignatureLinks {
  /** Row of `revisions`. */
  readonly revision: Uint32Array;
  readonly digest: Uint32Array;
  /** Epoch milliseconds; NaN where it is no file that could be read. */
  readonly time: Float64Array;
  readonly diskBytes: Float64Array;
}

/** A link whose path says `from` and whose content says `to`: both are kept together. */
export interface Alias {
  readonly from: DigestId;
  readonly to: DigestId;
}

export interface Upload {
  readonly repository: number;
  readonly name: string;
  /** Epoch milliseconds; undefined where `startedat` is missing or says nothing. */
  readonly startedAt: number | undefined;
  /** The newest time inside, epoch milliseconds. */
  readonly newestAt: number;
  readonly bytes: number;
  readonly diskBytes: number;
  readonly inodes: number;
  readonly throughLink: boolean;
}

export const EMPTY_FOLDER_KINDS = [
  'revision',
  'layer',
  'uploads',
  'blob',
  'blob-prefix',
  'manifests',
  'revisions',
  'tags',
  'layers',
  'tag-index-entry',
  'algorithm',
  'repository',
  'namespace',
] as const;

/**
 * A folder that holds nothing that the registry reads. `path` is relative to `docker/registry/v2`. A `namespace` holds no
 * repository any more, and is none; `algorithm` is a folder of revisions or layer links.
 */
export interface EmptyFolder {
  readonly kind: (typeof EMPTY_FOLDER_KINDS)[number];
  readonly repository: number | undefined;
  readonly path: string;
}

/** A file that a registry of 3.1 or later was writing when it died. */
export interface StrayFile {
  readonly path: string;
  readonly repository: number | undefined;
  readonly bytes: number;
  readonly diskBytes: number;
  readonly time: number;
}

/** Signs that the truth about this volume is elsewhere. */
export interface Elsewhere {
  /** GitLab's `docker/registry/lockfiles/database-in-use`, or `database.enabled` in the config. */
  readonly metadataDatabase: boolean;
  /** `scheduler-state.json`, or `proxy:` in the config: a pull-through cache. */
  readonly pullThrough: boolean;
}

export interface Trash {
  readonly runs: number;
  /** Apparent. */
  readonly bytes: number;
  readonly diskBytes: number;
}

/** A blob whose size and time tell this volume from another one at the same path. */
export interface Witness {
  readonly digest: DigestId;
  readonly bytes: number;
  readonly time: number;
}

/** Internal members are not declared to users of the library: columns change their form with the program. */
export interface Inventory {
  /** The registry root, a real path. */
  readonly root: string;
  /** Epoch milliseconds. */
  readonly scannedAt: number;
  /** Documents that were younger when it was scanned were read, whoever names them: they may belong to a push under way. */
  readonly minAgeSeconds: number;
  /** False where something could not be read: then no sweep is carried out. */
  readonly complete: boolean;
  /** Whether there is a `repositories` folder. */
  readonly hasRepositories: boolean;
  /** Every stored blob was stat-ed. */
  readonly diskUsage: boolean;
  /** @internal */
  readonly digests: DigestTable;
  /** @internal */
  readonly words: readonly string[];
  /** @internal */
  readonly blobs: Blobs;
  /** @internal */
  readonly manifests: Manifests;
  /** @internal */
  readonly configs: Configs;
  /** In the order of their names. */
  readonly repositories: readonly Repository[];
  /** @internal */
  readonly revisions: Revisions;
  /** @internal */
  readonly tags: Tags;
  /** @internal */
  readonly tagIndexEntries: TagIndexEntries;
  /** @internal */
  readonly layerLinks: LayerLinks;
  /** @internal */
  readonly signatureLinks: SignatureLinks;
  /** @internal */
  readonly aliases: readonly Alias[];
  /** @internal */
  readonly uploads: readonly Upload[];
  /** @internal */
  readonly emptyFolders: readonly EmptyFolder[];
  /** @internal */
  readonly strayFiles: readonly StrayFile[];
  readonly elsewhere: Elsewhere;
  /** What earlier sweeps moved aside. */
  readonly trash: Trash;
  /** @internal */
  readonly witnesses: readonly Witness[];
  /** What was found wrong as it was read; more follows from marking. */
  readonly problems: readonly Problem[];
}

/** The rows of tags by what they name now. Those that name nothing are grouped behind all digests. */
export function tagsByDigest({ tags, digests }: Pick<Inventory, 'tags' | 'digests'>): Groups {
  const current = Uint32Array.from(tags.current, (id) => (id === NONE ? digests.size : id));
  return groupRows(current, digests.size + 1);
}
