import type { Digest } from '../../src/layout/digest.ts';

/** The two families of media types that a registry holds side by side. */
export type Style = 'docker' | 'oci';

/** Docker: distribution, `manifest/schema2` and `manifest/manifestlist`; OCI: image-spec, `media-types.md`. */
const MEDIA_TYPES = {
  docker: {
    image: 'application/vnd.docker.distribution.manifest.v2+json',
    index: 'application/vnd.docker.distribution.manifest.list.v2+json',
    config: 'application/vnd.docker.container.image.v1+json',
    layer: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
  },
  oci: {
    image: 'application/vnd.oci.image.manifest.v1+json',
    index: 'application/vnd.oci.image.index.v1+json',
    config: 'application/vnd.oci.image.config.v1+json',
    layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
  },
} as const;

/** Docker's client indents by three blanks, BuildKit by two. */
const INDENT: Readonly<Record<Style, number>> = { docker: 3, oci: 2 };

/** A blob as a descriptor names it. */
export interface Described {
  readonly digest: Digest;
  readonly bytes: number;
}

export interface DescribedLayer extends Described {
  /** Digest of the layer's uncompressed content, as the config names it. */
  readonly diffId: Digest;
}

export interface ConfigFacts {
  readonly repository: string;
  /** Number of the push within its repository; it makes every config a blob of its own. */
  readonly build: number;
  readonly architecture: string;
  /** Epoch seconds. */
  readonly created: number;
  readonly layers: readonly DescribedLayer[];
}

/** An image's config (image-spec, `config.md`). */
export function configDocument(facts: ConfigFacts): string {
  const created = new Date(facts.created * 1000).toISOString();
  return JSON.stringify({
    architecture: facts.architecture,
    config: {
      Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', `BUILD=${facts.build}`],
      Cmd: ['/bin/sh', '-c', `exec /srv/${facts.repository}`],
      Labels: { 'org.opencontainers.image.title': facts.repository },
    },
    created,
    history: facts.layers.map((_, at) => ({
      created,
      created_by: at === 0 ? '/bin/sh -c #(nop) ADD rootfs in /' : `/bin/sh -c make step-${at} && rm -rf /var/cache/*`,
    })),
    os: 'linux',
    rootfs: { type: 'layers', diff_ids: facts.layers.map((layer) => layer.diffId) },
  });
}

/** An image manifest: Docker schema 2 or OCI. */
export function imageDocument(style: Style, config: Described, layers: readonly Described[]): string {
  const types = MEDIA_TYPES[style];
  const document = {
    schemaVersion: 2,
    mediaType: types.image,
    config: { mediaType: types.config, digest: config.digest, size: config.bytes },
    layers: layers.map((layer) => ({ mediaType: types.layer, digest: layer.digest, size: layer.bytes })),
  };
  return JSON.stringify(document, null, INDENT[style]);
}

/** A manifest list or an OCI index over one image per architecture. */
export function indexDocument(
  style: Style,
  children: readonly (Described & { readonly architecture: string })[],
): string {
  const types = MEDIA_TYPES[style];
  const document = {
    schemaVersion: 2,
    mediaType: types.index,
    manifests: children.map((child) => ({
      mediaType: types.image,
      digest: child.digest,
      size: child.bytes,
      platform: { architecture: child.architecture, os: 'linux' },
    })),
  };
  return JSON.stringify(document, null, INDENT[style]);
}
