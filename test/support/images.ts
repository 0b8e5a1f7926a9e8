/**
 * Builders of true images, in the forms that clients push: Docker schema 2 and OCI, lists and indexes, artifacts,
 * attestations, BuildKit's cache. Nothing here uses `src/manifest/`: tests of that folder must not be made from it.
 * Sources: OCI image-spec (manifest.md, image-index.md, config.md), distribution's `docs/spec/manifest-v2-2.md`, cosign's
 * SIGNATURE_SPEC.md, BuildKit's `docs/attestations/attestation-storage.md` and `cache/remotecache/export.go`.
 */
import { digestHex, type Digest } from '../../src/layout/digest.ts';
import { digestBytes, type Content, type Layer } from './content.ts';

export const MEDIA = {
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
  dockerList: 'application/vnd.docker.distribution.manifest.list.v2+json',
  dockerConfig: 'application/vnd.docker.container.image.v1+json',
  dockerLayer: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
  dockerForeignLayer: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
  ociManifest: 'application/vnd.oci.image.manifest.v1+json',
  ociIndex: 'application/vnd.oci.image.index.v1+json',
  ociConfig: 'application/vnd.oci.image.config.v1+json',
  ociLayer: 'application/vnd.oci.image.layer.v1.tar+gzip',
  ociForeignLayer: 'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip',
  ociArtifact: 'application/vnd.oci.artifact.manifest.v1+json',
  empty: 'application/vnd.oci.empty.v1+json',
  buildkitCacheConfig: 'application/vnd.buildkit.cacheconfig.v0',
  inToto: 'application/vnd.in-toto+json',
  simpleSigning: 'application/vnd.dev.cosign.simplesigning.v1+json',
} as const;

export type Format = 'docker' | 'oci';

/** A manifest with everything that has to be pushed before it: `blobs`, then `children` by digest, then itself. */
export interface Pushable extends Content {
  readonly blobs: readonly Content[];
  readonly children: readonly Pushable[];
  /** What a client sends, where the registry stores something else (schema 1: it stores what was signed). */
  readonly sent?: Buffer;
}

/** An image: a manifest with its config and layers. */
export interface Image extends Pushable {
  readonly config: Content;
  readonly layers: readonly Layer[];
}

export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}

export interface ImageOptions {
  readonly layers: readonly Layer[];
  /** Goes into the config's labels: images with the same layers and another name differ. */
  readonly name?: string;
  /** When its config says that it was created (RFC 3339); null: it does not say. */
  readonly created?: string | null;
  /** Instead of an image config made from the layers. */
  readonly config?: Content;
  readonly format?: Format;
  readonly platform?: Platform;
  readonly subject?: Content;
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** An entry of an index or list. `sparse`: named, but not pushed (an index may leave platforms out). */
export interface IndexEntry {
  readonly manifest: Pushable;
  readonly platform?: Platform;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly sparse?: boolean;
}

const AMD64: Platform = { os: 'linux', architecture: 'amd64' };

/** A JSON document as content with its digest. */
export function jsonContent(mediaType: string, document: unknown, indent = 0): Content {
  const bytes = Buffer.from(JSON.stringify(document, null, indent));
  return { mediaType, bytes, digest: digestBytes(bytes) };
}

/** Any bytes as content with their digest. */
export function rawContent(mediaType: string, bytes: Buffer): Content {
  return { mediaType, bytes, digest: digestBytes(bytes) };
}

/** The empty config `{}` that artifacts share (OCI image-spec, manifest.md, "Guidance for an Empty Descriptor"). */
export const EMPTY: Content = jsonContent(MEDIA.empty, {});

export function image(options: ImageOptions): Image {
  const format = options.format ?? 'docker';
  const config = options.config ?? imageConfig(options, format);
  const layers = options.layers.map((one) => layerDescriptor(one, format));
  const document = {
    schemaVersion: 2,
    mediaType: format === 'docker' ? MEDIA.dockerManifest : MEDIA.ociManifest,
    artifactType: options.artifactType,
    config: descriptor(config),
    layers,
    subject: options.subject === undefined ? undefined : descriptor(options.subject),
    annotations: options.annotations,
  };
  const held = options.layers.filter((one) => one.urls === undefined).map((one) => asContent(one, format));
  const manifest = jsonContent(document.mediaType, document, format === 'docker' ? 3 : 0);
  return { ...manifest, config, layers: options.layers, blobs: [...held, config], children: [] };
}

/** An OCI index or, with `format: 'docker'`, a Docker manifest list. Entries may be indexes themselves. */
export function index(
  entries: readonly IndexEntry[],
  options: { readonly format?: Format; readonly subject?: Content; readonly annotations?: Record<string, string> } = {},
): Pushable {
  const format = options.format ?? 'oci';
  const manifest = jsonContent(format === 'docker' ? MEDIA.dockerList : MEDIA.ociIndex, {
    schemaVersion: 2,
    mediaType: format === 'docker' ? MEDIA.dockerList : MEDIA.ociIndex,
    manifests: entries.map(({ manifest: child, platform, annotations }) => ({
      ...descriptor(child),
      platform,
      annotations,
    })),
    subject: options.subject === undefined ? undefined : descriptor(options.subject),
    annotations: options.annotations,
  });
  const children = entries.filter((entry) => entry.sparse !== true).map((entry) => entry.manifest);
  return { ...manifest, blobs: [], children };
}

/** Something that is no image, kept as an OCI image manifest: a chart, a bill of materials. */
export function artifact(options: {
  readonly artifactType: string;
  readonly content: Content;
  readonly subject?: Content;
}): Pushable {
  const manifest = jsonContent(MEDIA.ociManifest, {
    schemaVersion: 2,
    mediaType: MEDIA.ociManifest,
    artifactType: options.artifactType,
    config: descriptor(EMPTY),
    layers: [descriptor(options.content)],
    subject: options.subject === undefined ? undefined : descriptor(options.subject),
  });
  return { ...manifest, blobs: [options.content, EMPTY], children: [] };
}

/** The retired OCI artifact manifest (image-spec 1.1.0-rc, artifact.md). 2.8 and 3.x refuse it; volumes may hold it. */
export function artifactManifest(options: {
  readonly artifactType: string;
  readonly blobs: readonly Content[];
  readonly subject?: Content;
}): Pushable {
  const manifest = jsonContent(MEDIA.ociArtifact, {
    mediaType: MEDIA.ociArtifact,
    artifactType: options.artifactType,
    blobs: options.blobs.map(descriptor),
    subject: options.subject === undefined ? undefined : descriptor(options.subject),
  });
  return { ...manifest, blobs: options.blobs, children: [] };
}

/** The index entry that BuildKit adds for `of`: its provenance, under the platform `unknown/unknown`. */
export function attestation(of: Pushable): IndexEntry {
  const statement = jsonContent(MEDIA.inToto, {
    _type: 'https://in-toto.io/Statement/v0.1',
    predicateType: 'https://slsa.dev/provenance/v0.2',
    subject: [{ name: '_', digest: { sha256: digestHex(of.digest) } }],
  });
  const config = jsonContent(MEDIA.ociConfig, {
    architecture: 'unknown',
    os: 'unknown',
    config: {},
    rootfs: { type: 'layers', diff_ids: [statement.digest] },
  });
  const manifest = jsonContent(MEDIA.ociManifest, {
    schemaVersion: 2,
    mediaType: MEDIA.ociManifest,
    config: descriptor(config),
    layers: [
      { ...descriptor(statement), annotations: { 'in-toto.io/predicate-type': 'https://slsa.dev/provenance/v0.2' } },
    ],
  });
  return {
    manifest: { ...manifest, blobs: [statement, config], children: [] },
    platform: { os: 'unknown', architecture: 'unknown' },
    annotations: { 'vnd.docker.reference.type': 'attestation-manifest', 'vnd.docker.reference.digest': of.digest },
  };
}

/** BuildKit's registry cache before 0.21: an OCI index whose entries are layers and one cache config. */
export function buildkitCache(layers: readonly Layer[]): Pushable {
  const config = jsonContent(MEDIA.buildkitCacheConfig, {
    layers: layers.map((one, position) => ({ blob: one.digest, parent: position - 1 })),
    records: layers.map((one, position) => ({ digest: one.diffId, layers: [{ layer: position }] })),
  });
  const entries = [...layers.map((one) => asContent(one, 'oci')), config];
  const manifest = jsonContent(MEDIA.ociIndex, {
    schemaVersion: 2,
    mediaType: MEDIA.ociIndex,
    manifests: entries.map(descriptor),
  });
  return { ...manifest, blobs: entries, children: [] };
}

/** A cosign signature of `of`; it is pushed under the tag `cosignTag(of.digest, 'sig')`. */
export function cosignSignature(of: Content): Pushable {
  const payload = jsonContent(MEDIA.simpleSigning, {
    critical: {
      identity: { 'docker-reference': '' },
      image: { 'docker-manifest-digest': of.digest },
      type: 'cosign container image signature',
    },
    optional: null,
  });
  const config = jsonContent(MEDIA.ociConfig, {
    architecture: '',
    os: '',
    config: {},
    rootfs: { type: 'layers', diff_ids: [payload.digest] },
  });
  const manifest = jsonContent(MEDIA.ociManifest, {
    schemaVersion: 2,
    mediaType: MEDIA.ociManifest,
    config: descriptor(config),
    layers: [{ ...descriptor(payload), annotations: { 'dev.cosignproject.cosign/signature': 'c2lnbmF0dXJl' } }],
  });
  return { ...manifest, blobs: [payload, config], children: [] };
}

/** `sha256-<hex>.sig` (cosign) or, without a suffix, the referrers tag `sha256-<hex>` (OCI distribution-spec 1.1). */
export function cosignTag(digest: Digest, suffix?: 'sig' | 'att' | 'sbom'): string {
  const tag = digest.replace(':', '-');
  return suffix === undefined ? tag : `${tag}.${suffix}`;
}

/** A manifest and all that is below it, each once: what a push leaves among the blobs. */
export function allContent(root: Pushable): readonly Content[] {
  const found = new Map<Digest, Content>();
  const add = (one: Pushable): void => {
    for (const blob of one.blobs) found.set(blob.digest, blob);
    for (const child of one.children) add(child);
    found.set(one.digest, one);
  };
  add(root);
  return [...found.values()];
}

function imageConfig(options: ImageOptions, format: Format): Content {
  return jsonContent(format === 'docker' ? MEDIA.dockerConfig : MEDIA.ociConfig, {
    created: options.created === null ? undefined : (options.created ?? '2026-01-02T03:04:05Z'),
    ...(options.platform ?? AMD64),
    config: { Labels: { name: options.name ?? 'image' } },
    rootfs: { type: 'layers', diff_ids: options.layers.map((one) => one.diffId) },
    history: options.layers.map((one) => ({ created: '2026-01-02T03:04:05Z', created_by: `COPY ${one.diffId}` })),
  });
}

function descriptor(content: Content): { mediaType: string; size: number; digest: Digest } {
  return { mediaType: content.mediaType, size: content.bytes.length, digest: content.digest };
}

function asContent(one: Layer, format: Format): Content {
  return { mediaType: layerMediaType(one, format), digest: one.digest, bytes: one.bytes };
}

function layerMediaType(one: Layer, format: Format): string {
  if (one.urls !== undefined) return format === 'docker' ? MEDIA.dockerForeignLayer : MEDIA.ociForeignLayer;
  return format === 'docker' ? MEDIA.dockerLayer : MEDIA.ociLayer;
}

function layerDescriptor(one: Layer, format: Format): unknown {
  return { ...descriptor(asContent(one, format)), urls: one.urls };
}
