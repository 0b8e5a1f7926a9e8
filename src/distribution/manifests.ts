/**
 * What the registry takes a manifest for, and what it says that it references (`registry/storage/manifeststore.go`, `Get`, and
 * the handlers that it calls). Its bytes are never checked against its digest.
 */
import type { Dialect } from './dialect.ts';
import { decodeJson, GoSlice, GoStruct, type GoValue, type Shape } from './go-decode.ts';
import { GoError, GoPanic } from './go-error.ts';
import { jsonSyntaxFault } from './go-syntax.ts';
import { SCHEMA1, SHAPES } from './shapes.ts';

const SCHEMA2 = 'application/vnd.docker.distribution.manifest.v2+json';
const LIST = 'application/vnd.docker.distribution.manifest.list.v2+json';
const OCI_IMAGE = 'application/vnd.oci.image.manifest.v1+json';
const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';

/**
 * The digests that the registry marks for a manifest, in its order, whatever they look like: it checks none of them. Text is a
 * byte string; `path` is where it was read. Throws `GoError` and `GoPanic` as the registry would.
 */
export function referencesOf(text: string, path: string, dialect: Dialect): readonly string[] {
  const fault = jsonSyntaxFault(text);
  if (fault !== undefined) throw new GoError('other', fault, path);
  const versioned = decoded(text, SHAPES[dialect].versioned, path);
  const stated = versioned.fields.get('schemaVersion');
  const version = typeof stated === 'number' ? stated : 0;
  if (version === 1 && dialect === 'distribution-2.8') return signedReferences(text, path);
  if (version !== 2) throw new GoError('other', `unrecognized manifest schema version ${version}`, path);
  return referencesByType(text, textOf(versioned, 'mediaType'), path, dialect);
}

function referencesByType(text: string, mediaType: string, path: string, dialect: Dialect): readonly string[] {
  const { schema2, image, list, index } = SHAPES[dialect];
  switch (mediaType) {
    case SCHEMA2:
      return ofImage(decoded(text, schema2, path));
    case OCI_IMAGE:
      return ofImage(decoded(text, image, path));
    case LIST:
      return ofIndex(decoded(text, list, path));
    case OCI_INDEX:
      return ofIndex(decoded(text, index, path));
    case '': {
      const tried = decodeJson(text, index);
      if (tried.fault !== undefined) throw new GoPanic(noIndex(dialect), path);
      return tried.value.fields.get('manifests') === undefined
        ? ofImage(decoded(text, image, path))
        : ofIndex(tried.value);
    }
    default:
      throw new GoError('other', `errors verifying manifest: unrecognized manifest content type ${mediaType}`, path);
  }
}

/** Go looks at what decoding gave before it looks whether it gave anything. */
function noIndex(dialect: Dialect): string {
  const type =
    dialect === 'distribution-2.8' ? 'manifestlist.DeserializedManifestList' : 'ocischema.DeserializedImageIndex';
  return `interface conversion: distribution.Manifest is nil, not *${type}`;
}

/**
 * Schema 1: it is signed anew, and what was signed is decoded. Nothing that comes here can fail to be signed: it is an object
 * with a member (docker/libtrust, `jsonsign.go`, `NewJSONSignature`).
 */
function signedReferences(text: string, path: string): readonly string[] {
  return digestsIn(decoded(text, SCHEMA1, path).fields.get('fsLayers'), 'blobSum');
}

function ofImage(manifest: GoStruct): readonly string[] {
  const config = manifest.fields.get('config');
  return [
    config instanceof GoStruct ? textOf(config, 'digest') : '',
    ...digestsIn(manifest.fields.get('layers'), 'digest'),
  ];
}

function ofIndex(manifest: GoStruct): readonly string[] {
  return digestsIn(manifest.fields.get('manifests'), 'digest');
}

function digestsIn(value: GoValue, name: string): readonly string[] {
  if (!(value instanceof GoSlice)) return [];
  return value.elements
    .slice(0, value.length)
    .map((element) => (element instanceof GoStruct ? textOf(element, name) : ''));
}

function textOf(struct: GoStruct, name: string): string {
  const value = struct.fields.get(name);
  return typeof value === 'string' ? value : '';
}

function decoded(text: string, shape: Shape & { readonly kind: 'struct' }, path: string): GoStruct {
  const { value, fault } = decodeJson(text, shape);
  if (fault !== undefined) throw new GoError('other', fault, path);
  return value;
}
