/** Media types as people call what they stand for (OCI image-spec, media-types.md; Distribution's manifest schemas). */
import { escapeTerminal } from '../../report/escape.ts';

const WORDS: Readonly<Record<string, string>> = {
  'application/vnd.oci.image.index.v1+json': 'OCI index',
  'application/vnd.oci.image.manifest.v1+json': 'OCI image',
  'application/vnd.oci.image.config.v1+json': 'OCI config',
  'application/vnd.oci.image.layer.v1.tar': 'layer, tar',
  'application/vnd.oci.image.layer.v1.tar+gzip': 'layer, gzip',
  'application/vnd.oci.image.layer.v1.tar+zstd': 'layer, zstd',
  'application/vnd.oci.artifact.manifest.v1+json': 'OCI artifact',
  'application/vnd.docker.distribution.manifest.list.v2+json': 'Docker manifest list',
  'application/vnd.docker.distribution.manifest.v2+json': 'Docker image',
  'application/vnd.docker.distribution.manifest.v1+json': 'Docker schema 1',
  'application/vnd.docker.distribution.manifest.v1+prettyjws': 'Docker schema 1, signed',
  'application/vnd.docker.container.image.v1+json': 'Docker config',
  'application/vnd.docker.image.rootfs.diff.tar.gzip': 'layer, gzip',
};

/** What is not in the table is given as it is. */
function mediaTypeWords(mediaType: string | null): string {
  if (mediaType === null) return '–';
  return Object.hasOwn(WORDS, mediaType) ? (WORDS[mediaType] ?? '') : escapeTerminal(mediaType);
}

export function Form({ mediaType }: { readonly mediaType: string | null }) {
  return (
    <span class={mediaType !== null && Object.hasOwn(WORDS, mediaType) ? 'app-form' : 'app-name'}>
      {mediaTypeWords(mediaType)}
    </span>
  );
}
