/**
 * Bytes to a manifest and what it refers to. A doubt keeps: a document of a known form in which anything that would be a
 * reference is not clear is a failure, and its caller then keeps all that `digestsAnywhere` finds in it.
 */
import {
  bareReference,
  descriptorDigest,
  foldedName,
  isObject,
  readDescriptor,
  readFsLayer,
  statedBytes,
} from './descriptor.ts';
import { createdOfAnnotations, createdOfHistory } from './created.ts';
import { visitDigests } from './digests-anywhere.ts';
import { readJson } from './json.ts';
import { impliedMediaType, manifestKind, type KnownKind } from './media-types.ts';
import type { Manifest, ParsedManifest, Reference } from './model.ts';

export { bareReference } from './descriptor.ts';
export { digestsAnywhere } from './digests-anywhere.ts';

interface RawManifest {
  readonly schemaVersion?: unknown;
  readonly mediaType?: unknown;
  readonly artifactType?: unknown;
  readonly config?: unknown;
  readonly layers?: unknown;
  readonly manifests?: unknown;
  readonly blobs?: unknown;
  readonly fsLayers?: unknown;
  readonly subject?: unknown;
  readonly annotations?: unknown;
  readonly history?: unknown;
}

interface ListField {
  readonly name: 'layers' | 'manifests' | 'blobs' | 'fsLayers';
  /** The form that this list belongs to: there it has to be right, elsewhere what is right in it is kept. */
  readonly of: KnownKind;
  readonly read: (entry: unknown) => Reference | undefined;
}

const LIST_FIELDS: readonly ListField[] = [
  { name: 'layers', of: 'image', read: (entry) => readDescriptor(entry, 'layer') },
  { name: 'manifests', of: 'index', read: (entry) => readDescriptor(entry, 'entry') },
  { name: 'blobs', of: 'artifact', read: (entry) => readDescriptor(entry, 'blob') },
  { name: 'fsLayers', of: 'schema1', read: readFsLayer },
];

const FIELDS: ReadonlySet<string> = new Set([
  'schemaVersion',
  'mediaType',
  'config',
  'layers',
  'manifests',
  'blobs',
  'fsLayers',
  'subject',
]);
const FOLDED_FIELDS: ReadonlySet<string> = new Set([...FIELDS].map(foldedName));

/**
 * Parses a manifest's blob, whose digest and length (`MAX_MANIFEST_BYTES`) the caller has checked. Never throws and needs
 * no stack for depth. The form is told as the registry tells it (distribution, `registry/storage/manifeststore.go`,
 * `Get`): by `mediaType`, and where that is absent by the fields.
 */
export function parseManifest(bytes: Uint8Array): ParsedManifest {
  const json = readJson(bytes);
  if (!json.ok) return json;
  if (!isObject(json.value)) return unreadable('the document is not a JSON object');
  const document: RawManifest = json.value;
  const mediaType = document.mediaType ?? '';
  if (typeof mediaType !== 'string') return unreadable('"mediaType" is not a string');
  const kind = mediaType === '' ? kindByFields(document) : manifestKind(mediaType);
  return kind === undefined ? readUnknown(document, mediaType) : readKnown(document, kind, mediaType);
}

/**
 * Whether a document says of itself that it is a manifest, by `schemaVersion` or a known `mediaType`, whatever else is wrong
 * with it. The config of an image does not, though it has a field `config` as manifests have.
 */
export function statesManifest(bytes: Uint8Array): boolean {
  const json = readJson(bytes);
  if (!json.ok || !isObject(json.value)) return false;
  const { schemaVersion, mediaType }: RawManifest = json.value;
  return typeof schemaVersion === 'number' || (typeof mediaType === 'string' && manifestKind(mediaType) !== undefined);
}

function unreadable(message: string): ParsedManifest {
  return { ok: false, failure: 'unreadable', message };
}

/** `null` is as good as absent: so Go writes an empty list, and so it reads one. */
function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function kindByFields(document: RawManifest): KnownKind | undefined {
  if (document.schemaVersion === 1) return 'schema1';
  if (isPresent(document.manifests)) return 'index';
  if (isPresent(document.config) || isPresent(document.layers)) return 'image';
  if (isPresent(document.fsLayers)) return 'schema1';
  return Array.isArray(document.blobs) ? 'artifact' : undefined;
}

function readKnown(document: RawManifest, kind: KnownKind, mediaType: string): ParsedManifest {
  const misspelled = misspelledField(document);
  if (misspelled !== undefined) {
    return unreadable(`${JSON.stringify(misspelled)} differs from a manifest's field in case alone`);
  }
  const references = readReferences(document, kind);
  if (typeof references === 'string') return unreadable(references);
  const subject = descriptorDigest(document.subject);
  if (subject === undefined && isPresent(document.subject)) return unreadable('"subject" has no valid digest');
  const stated = mediaType === '' ? impliedMediaType(kind) : mediaType;
  const own = { kind, mediaType: stated, ...artifactType(document), references, ...(subject && { subject }) };
  const created = kind === 'schema1' ? createdOfHistory(document.history) : createdOfAnnotations(document.annotations);
  return { ok: true, manifest: Number.isNaN(created) ? own : { ...own, created } };
}

/** A field that Go would read as one of the manifest's own, whatever `JSON.parse` makes of it. */
function misspelledField(document: RawManifest): string | undefined {
  for (const key in document) {
    if (!FIELDS.has(key) && FOLDED_FIELDS.has(foldedName(key))) return key;
  }
  return undefined;
}

function artifactType(document: RawManifest): Pick<Manifest, 'artifactType'> {
  const type = document.artifactType;
  return typeof type === 'string' && type !== '' ? { artifactType: type } : {};
}

/**
 * The references in the fields of every form, or what is wrong with the fields of the document's own. Those of another form are
 * foreign: no registry has asked for them when the document was pushed.
 */
function readReferences(document: RawManifest, kind: KnownKind): Reference[] | string {
  const references: Reference[] = [];
  const config = readDescriptor(document.config, 'config');
  if (config !== undefined) references.push(kind === 'image' ? config : { ...config, foreign: true });
  else if (kind === 'image') return '"config" has no valid digest';
  for (const { name, of, read } of LIST_FIELDS) {
    const list = document[name];
    const own = of === kind;
    // What only looks like schema 1, a registry has taken for an index without entries.
    const isAskedFor = own && (of !== 'schema1' || document.schemaVersion === 1);
    if (!Array.isArray(list)) {
      if (own && isPresent(list)) return `"${name}" is not a list`;
      continue;
    }
    for (const entry of list as readonly unknown[]) {
      const reference = read(entry);
      if (reference !== undefined) references.push(isAskedFor ? reference : { ...reference, foreign: true });
      else if (own) return `an entry of "${name}" has no valid digest`;
    }
  }
  return references;
}

/** Nothing is known of the fields, but what OCI promises of all future ones: that `subject` points backwards. */
function readUnknown(document: RawManifest, mediaType: string): ParsedManifest {
  const subject = descriptorDigest(document.subject);
  const references: Reference[] = [];
  visitDigests(document, (digest, holder, field) => {
    if (holder !== undefined && holder === document.subject && field === 'digest' && digest === subject) return;
    const bytes = holder === undefined ? undefined : statedBytes((holder as { readonly size?: unknown }).size);
    const type = holder === undefined ? undefined : (holder as { readonly mediaType?: unknown }).mediaType;
    const mediaType = typeof type === 'string' && type !== '' ? type : undefined;
    references.push({ ...bareReference('candidate', digest), bytes, mediaType });
  });
  const manifest = {
    kind: 'unknown',
    mediaType,
    ...artifactType(document),
    references,
    ...(subject && { subject }),
  } as const;
  return { ok: true, manifest };
}
