import { describe, expect, test } from 'vitest';

import { entryKind, impliedMediaType, isForeignLayer, manifestKind } from '../../src/manifest/media-types.ts';

describe('manifestKind', () => {
  test.each([
    ['application/vnd.docker.distribution.manifest.v1+json', 'schema1'],
    ['application/vnd.docker.distribution.manifest.v1+prettyjws', 'schema1'],
    ['application/vnd.docker.distribution.manifest.v2+json', 'image'],
    ['application/vnd.docker.distribution.manifest.list.v2+json', 'index'],
    ['application/vnd.oci.image.manifest.v1+json', 'image'],
    ['application/vnd.oci.image.index.v1+json', 'index'],
    ['application/vnd.oci.artifact.manifest.v1+json', 'artifact'],
    ['application/vnd.cncf.oras.artifact.manifest.v1+json', undefined],
    ['application/vnd.oci.image.manifest.v2+json', undefined],
    ['APPLICATION/vnd.oci.image.manifest.v1+json', undefined],
    ['constructor', undefined],
    ['', undefined],
  ])('%s is %s', (mediaType, kind) => {
    expect(manifestKind(mediaType)).toBe(kind);
  });

  test('what a form implies is of that form', () => {
    for (const kind of ['schema1', 'image', 'index', 'artifact'] as const) {
      expect(manifestKind(impliedMediaType(kind))).toBe(kind);
    }
  });
});

describe('entryKind', () => {
  test.each([
    ['application/vnd.oci.image.manifest.v1+json', 'child'],
    ['application/vnd.docker.distribution.manifest.list.v2+json', 'child'],
    ['application/vnd.docker.image.rootfs.diff.tar.gzip', 'blob'],
    ['application/vnd.docker.image.rootfs.foreign.diff.tar.gzip', 'blob'],
    ['application/vnd.docker.image.rootfs.diff.tar.zstd', 'blob'],
    ['application/vnd.docker.container.image.v1+json', 'blob'],
    ['application/vnd.oci.image.layer.v1.tar', 'blob'],
    ['application/vnd.oci.image.layer.v1.tar+zstd', 'blob'],
    ['application/vnd.oci.image.layer.v1.tar+gzip+encrypted', 'blob'],
    ['application/vnd.oci.image.layer.nondistributable.v1.tar+gzip', 'blob'],
    ['application/vnd.oci.image.config.v1+json', 'blob'],
    ['application/vnd.oci.empty.v1+json', 'blob'],
    ['application/vnd.buildkit.cacheconfig.v0', 'blob'],
    ['application/vnd.cncf.helm.chart.content.v1.tar+gzip', 'blob'],
    ['application/vnd.in-toto+json', 'blob'],
    ['application/vnd.cncf.oras.artifact.manifest.v1+json', 'candidate'],
    ['application/octet-stream', 'candidate'],
    ['text/plain', 'candidate'],
    [undefined, 'candidate'],
  ])('%s is a %s', (mediaType, kind) => {
    expect(entryKind(mediaType)).toBe(kind);
  });
});

test('foreign layers are those that are fetched from elsewhere', () => {
  expect(isForeignLayer('application/vnd.docker.image.rootfs.foreign.diff.tar.gzip')).toBe(true);
  expect(isForeignLayer('application/vnd.docker.image.rootfs.foreign.diff.tar')).toBe(true);
  expect(isForeignLayer('application/vnd.oci.image.layer.nondistributable.v1.tar+zstd')).toBe(true);
  expect(isForeignLayer('application/vnd.docker.image.rootfs.diff.tar.gzip')).toBe(false);
  expect(isForeignLayer('application/vnd.oci.image.layer.v1.tar+gzip')).toBe(false);
});
