/**
 * The structs that the registry decodes manifests into (distribution v2.8.2 `blobs.go`, `manifest/*`; v3.1.1 `manifest/*` with
 * image-spec 1.1.1): a wrong type in any of these fields is an error, in any other it is not seen.
 */
import type { Dialect } from './dialect.ts';
import type { Field, Shape } from './go-decode.ts';

type Struct = Shape & { readonly kind: 'struct' };

const STRING: Shape = { kind: 'string', type: 'string' };
const INT: Shape = { kind: 'integer', type: 'int' };
const INT64: Shape = { kind: 'integer', type: 'int64' };
const DIGEST: Shape = { kind: 'string', type: 'digest.Digest' };
const STRINGS = sliceOf(STRING);
const ANNOTATIONS: Shape = { kind: 'strings-by-name', type: 'map[string]string' };

function struct(type: string, fields: Readonly<Record<string, Shape>>): Struct {
  return { kind: 'struct', type, fields: Object.entries(fields).map(([name, shape]): Field => ({ name, shape })) };
}

function sliceOf(of: Shape): Shape {
  return { kind: 'slice', type: `[]${of.type}`, of };
}

const VERSION = { schemaVersion: INT, mediaType: STRING };
const PLATFORM = {
  architecture: STRING,
  os: STRING,
  'os.version': STRING,
  'os.features': STRINGS,
  variant: STRING,
};
const DESCRIPTOR = { mediaType: STRING, size: INT64, digest: DIGEST, urls: STRINGS, annotations: ANNOTATIONS };
const OCI_PLATFORM = struct('v1.Platform', PLATFORM);
const LIST_PLATFORM = struct('manifestlist.PlatformSpec', { ...PLATFORM, features: STRINGS });

export interface Shapes {
  readonly versioned: Struct;
  readonly schema2: Struct;
  readonly image: Struct;
  readonly list: Struct;
  readonly index: Struct;
}

function shapes(versioned: Struct, descriptor: Readonly<Record<string, Shape>>, type: string): Omit<Shapes, 'index'> {
  const one = struct(type, { ...descriptor, platform: OCI_PLATFORM });
  const listed = struct('manifestlist.ManifestDescriptor', { ...descriptor, platform: LIST_PLATFORM });
  const image = { ...VERSION, config: one, layers: sliceOf(one) };
  return {
    versioned,
    schema2: struct('schema2.Manifest', image),
    image: struct('ocischema.Manifest', { ...image, annotations: ANNOTATIONS }),
    list: struct('manifestlist.ManifestList', { ...VERSION, manifests: sliceOf(listed) }),
  };
}

const TWO = shapes(struct('manifest.Versioned', VERSION), DESCRIPTOR, 'distribution.Descriptor');
const OCI_DESCRIPTOR = { ...DESCRIPTOR, data: { kind: 'bytes', type: '[]uint8' } as Shape, artifactType: STRING };
const THREE = shapes(struct('struct { specs.Versioned; MediaType string }', VERSION), OCI_DESCRIPTOR, 'v1.Descriptor');

export const SHAPES: Readonly<Record<Dialect, Shapes>> = {
  'distribution-2.8': { ...TWO, index: TWO.list },
  'distribution-3': {
    ...THREE,
    index: struct('ocischema.ImageIndex', {
      ...VERSION,
      manifests: sliceOf(struct('v1.Descriptor', { ...OCI_DESCRIPTOR, platform: OCI_PLATFORM })),
      annotations: ANNOTATIONS,
    }),
  },
};

const SIGNED = {
  ...VERSION,
  name: STRING,
  tag: STRING,
  architecture: STRING,
  fsLayers: sliceOf(struct('schema1.FSLayer', { blobSum: DIGEST })),
  history: sliceOf(struct('schema1.History', { v1Compatibility: STRING })),
};

/** Only 2.8 knows schema 1. */
export const SCHEMA1: Struct = struct('schema1.Manifest', SIGNED);
