/**
 * The media types that tell a manifest's form, and those that tell that an index's entry is none. Sources: distribution
 * `manifest/{schema1,schema2,manifestlist,ocischema}`, OCI image-spec `media-types.md` (the artifact manifest: its
 * v1.1.0-rc2), moby/buildkit `cache/remotecache/v1/spec.go`.
 */
import type { ManifestKind } from './model.ts';

/** The forms that have a media type of their own. */
export type KnownKind = Exclude<ManifestKind, 'unknown'>;

const DOCKER_SCHEMA1 = 'application/vnd.docker.distribution.manifest.v1+json';
const DOCKER_SCHEMA1_SIGNED = 'application/vnd.docker.distribution.manifest.v1+prettyjws';
const DOCKER_SCHEMA2 = 'application/vnd.docker.distribution.manifest.v2+json';
const DOCKER_MANIFEST_LIST = 'application/vnd.docker.distribution.manifest.list.v2+json';
const OCI_IMAGE = 'application/vnd.oci.image.manifest.v1+json';
const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
const OCI_ARTIFACT = 'application/vnd.oci.artifact.manifest.v1+json';

const MANIFEST_KINDS: ReadonlyMap<string, KnownKind> = new Map([
  [DOCKER_SCHEMA1, 'schema1'],
  [DOCKER_SCHEMA1_SIGNED, 'schema1'],
  [DOCKER_SCHEMA2, 'image'],
  [DOCKER_MANIFEST_LIST, 'index'],
  [OCI_IMAGE, 'image'],
  [OCI_INDEX, 'index'],
  [OCI_ARTIFACT, 'artifact'],
]);

/** What a document without `mediaType` is served as; schema 1 is stored without its signatures. */
const IMPLIED: Readonly<Record<KnownKind, string>> = {
  schema1: DOCKER_SCHEMA1,
  image: OCI_IMAGE,
  index: OCI_INDEX,
  artifact: OCI_ARTIFACT,
};

/** Of the config of an image: of a chart, a plugin or any other artifact it says something else. */
const IMAGE_CONFIGS: ReadonlySet<string> = new Set([
  'application/vnd.docker.container.image.v1+json',
  'application/vnd.oci.image.config.v1+json',
]);

const DOCKER_FOREIGN = 'application/vnd.docker.image.rootfs.foreign.';
const OCI_NONDISTRIBUTABLE = 'application/vnd.oci.image.layer.nondistributable.';

/** Layers and configs. BuildKit's caches of before 0.21 are indexes of the former with a cacheconfig among them. */
const BLOB_PREFIXES = [
  'application/vnd.docker.image.rootfs.',
  'application/vnd.docker.container.image.',
  'application/vnd.docker.plugin.',
  'application/vnd.oci.image.layer.',
  'application/vnd.oci.image.config.',
  'application/vnd.oci.empty.',
  'application/vnd.buildkit.cacheconfig.',
  'application/vnd.in-toto',
] as const;

/** Archives and compressed data of whatever vendor: a manifest is neither. */
const BLOB_SUFFIXES = ['.tar', '+tar', '+gzip', '+zstd', '+encrypted'] as const;

/** The form of manifest that a media type stands for; `undefined` where it is no manifest's that we know. */
export function manifestKind(mediaType: string): KnownKind | undefined {
  return MANIFEST_KINDS.get(mediaType);
}

/** The media type of a document that states none. */
export function impliedMediaType(kind: KnownKind): string {
  return IMPLIED[kind];
}

/**
 * What an index's entry of this media type is: a manifest (`child`), content that is never read as one (`blob`), or, of
 * a type that is missing or unknown, something to be read as a manifest if it turns out to be one (`candidate`).
 */
export function entryKind(mediaType: string | undefined): 'child' | 'blob' | 'candidate' {
  if (mediaType === undefined) return 'candidate';
  if (MANIFEST_KINDS.has(mediaType)) return 'child';
  const isBlob =
    BLOB_PREFIXES.some((prefix) => mediaType.startsWith(prefix)) ||
    BLOB_SUFFIXES.some((suffix) => mediaType.endsWith(suffix));
  return isBlob ? 'blob' : 'candidate';
}

/** Whether a config of this media type is an image's (Docker image spec, OCI image-spec config.md). */
export function isImageConfig(mediaType: string): boolean {
  return IMAGE_CONFIGS.has(mediaType);
}

/** Whether a layer of this media type is fetched from elsewhere, so that its blob may rightly be absent. */
export function isForeignLayer(mediaType: string): boolean {
  return mediaType.startsWith(DOCKER_FOREIGN) || mediaType.startsWith(OCI_NONDISTRIBUTABLE);
}
