/** Manifests of every form, as clients really write them; digests stand for blobs that nobody needs to have. */
import { createHash } from 'node:crypto';

/** A true digest, of the text `name`. */
export function digestOfText(name: string): string {
  return `sha256:${createHash('sha256').update(name).digest('hex')}`;
}

export function bytesOf(document: unknown): Uint8Array {
  return Buffer.from(typeof document === 'string' ? document : JSON.stringify(document));
}

const DOCKER_LAYER = 'application/vnd.docker.image.rootfs.diff.tar.gzip';
const OCI_LAYER = 'application/vnd.oci.image.layer.v1.tar+gzip';

export const DIGESTS = {
  config: digestOfText('config'),
  base: digestOfText('base'),
  app: digestOfText('app'),
  amd64: digestOfText('amd64'),
  arm64: digestOfText('arm64'),
  attestation: digestOfText('attestation'),
  subject: digestOfText('subject'),
  cacheConfig: digestOfText('cache config'),
  sbom: digestOfText('sbom'),
} as const;

export const schema1 = {
  schemaVersion: 1,
  name: 'library/old',
  tag: 'latest',
  architecture: 'amd64',
  fsLayers: [{ blobSum: DIGESTS.app }, { blobSum: DIGESTS.base }, { blobSum: DIGESTS.base }],
  history: [{ v1Compatibility: JSON.stringify({ id: 'e45a5af57b00', parent: '31cbccb51277', config: {} }) }],
};

export const schema2 = {
  schemaVersion: 2,
  mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
  config: { mediaType: 'application/vnd.docker.container.image.v1+json', size: 7023, digest: DIGESTS.config },
  layers: [
    { mediaType: DOCKER_LAYER, size: 32654, digest: DIGESTS.base },
    {
      mediaType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
      size: 1_612_893_008,
      digest: DIGESTS.app,
      urls: ['https://example.com/windows.tar.gz'],
    },
  ],
};

export const manifestList = {
  schemaVersion: 2,
  mediaType: 'application/vnd.docker.distribution.manifest.list.v2+json',
  manifests: [
    {
      mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
      size: 7143,
      digest: DIGESTS.amd64,
      platform: { architecture: 'amd64', os: 'linux' },
    },
    {
      mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
      size: 7682,
      digest: DIGESTS.arm64,
      platform: { architecture: 'arm64', os: 'linux', variant: 'v8' },
    },
  ],
};

/** Without `mediaType`, as OCI 1.0 allows; the empty config with inline data. */
export const ociImage = {
  schemaVersion: 2,
  artifactType: 'application/vnd.example+type',
  config: { mediaType: 'application/vnd.oci.empty.v1+json', digest: DIGESTS.config, size: 2, data: 'e30=' },
  layers: [
    { mediaType: OCI_LAYER, digest: DIGESTS.base, size: 100, annotations: { from: DIGESTS.sbom } },
    { mediaType: 'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip', digest: DIGESTS.app, size: 200 },
  ],
  subject: { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest: DIGESTS.subject, size: 1234 },
  annotations: { 'org.opencontainers.image.base.digest': DIGESTS.sbom },
};

/** As BuildKit writes it: an image and its attestation. */
export const ociIndex = {
  schemaVersion: 2,
  mediaType: 'application/vnd.oci.image.index.v1+json',
  manifests: [
    {
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      digest: DIGESTS.amd64,
      size: 1238,
      platform: { architecture: 'amd64', os: 'linux' },
    },
    {
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      digest: DIGESTS.attestation,
      size: 566,
      annotations: {
        'vnd.docker.reference.digest': DIGESTS.amd64,
        'vnd.docker.reference.type': 'attestation-manifest',
      },
      platform: { architecture: 'unknown', os: 'unknown' },
    },
    { mediaType: 'application/vnd.oci.image.index.v1+json', digest: DIGESTS.arm64, size: 900 },
  ],
};

/** As BuildKit before 0.21 writes its cache: no entry is a manifest. */
export const buildkitCache = {
  schemaVersion: 2,
  mediaType: 'application/vnd.oci.image.index.v1+json',
  manifests: [
    {
      mediaType: OCI_LAYER,
      digest: DIGESTS.base,
      size: 3_401_613,
      annotations: { 'buildkit/createdat': '2026-01-02' },
    },
    { mediaType: 'application/vnd.buildkit.cacheconfig.v0', digest: DIGESTS.cacheConfig, size: 1654 },
  ],
};

export const artifact = {
  mediaType: 'application/vnd.oci.artifact.manifest.v1+json',
  artifactType: 'application/vnd.example.sbom.v1',
  blobs: [{ mediaType: 'application/gzip', size: 123, digest: DIGESTS.sbom }],
  subject: { mediaType: 'application/vnd.oci.image.manifest.v1+json', size: 1024, digest: DIGESTS.subject },
  annotations: { 'org.opencontainers.artifact.created': '2026-01-01T14:42:55Z' },
};

/** A form that nobody here knows (ORAS had one like it). */
export const unknown = {
  mediaType: 'application/vnd.cncf.oras.artifact.manifest.v1+json',
  artifactType: 'signature/example',
  blobs: [{ mediaType: 'application/tar', digest: DIGESTS.sbom, size: 9 }],
  deep: { er: [[DIGESTS.base], { [DIGESTS.app]: 1 }], image: `registry.example/x@${DIGESTS.amd64}` },
  subject: { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest: DIGESTS.subject, size: 16 },
};

export const EVERY_FORM = { schema1, schema2, manifestList, ociImage, ociIndex, buildkitCache, artifact, unknown };
