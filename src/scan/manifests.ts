/** Reads documents as manifests: bounded, checked against their digest, and each only once. */
import type { Digest } from '../layout/digest.ts';
import { blobData } from '../layout/paths.ts';
import { matchesDigest } from '../manifest/integrity.ts';
import { MAX_MANIFEST_BYTES, type Manifest, type Reference } from '../manifest/model.ts';
import { bareReference, digestsAnywhere, parseManifest, statesManifest } from '../manifest/parse.ts';
import {
  BLOB_STORED,
  BLOB_UNTOUCHABLE,
  MANIFEST_HEALTH,
  MANIFEST_KINDS,
  REFERENCE_FOREIGN,
  REFERENCE_KINDS,
  type ManifestHealth,
} from '../inventory/inventory.ts';
import type { FoundManifest } from '../inventory/findings.ts';
import { unpackDigests } from './findings.ts';
import type { Reading } from './reading.ts';
import type { ManifestsTask } from './tasks.ts';
import type { FileState, Read } from './volume.ts';
import type { Steps } from './steps.ts';

/** Reads documents; of one that is known and whose file is as it was, only the file's state. */
export function* readManifests(reading: Reading, { digests, candidates, known }: ManifestsTask): Steps<void> {
  const documents = unpackDigests(digests).map((digest, place) => ({ digest, known: known?.subarray(place * 2) }));
  yield* reading.each(documents, function* (branch, { digest, known }) {
    const file = known === undefined ? undefined : yield* unchanged(branch, digest, known);
    if (file === undefined) yield* readManifest(branch, digest, candidates);
    else branch.findings.knownManifest(digest, file);
  });
}

function* unchanged(reading: Reading, digest: Digest, [bytes, time]: Float64Array): Steps<FileState | undefined> {
  if (Number.isNaN(bytes)) return undefined;
  const stated = yield* reading.disk.state(blobData(digest));
  if (!stated.ok || stated.state.throughLink) return undefined;
  return stated.state.bytes === bytes && stated.state.time === time ? stated.state : undefined;
}

/**
 * Reads one document. A `candidate` may be anything: no row is written of what is whole and no manifest, or not here, or too
 * large for one. Of every other document a row comes back, sound or not; what is unsound still keeps each digest that can
 * be found in it.
 */
function* readManifest(reading: Reading, digest: Digest, candidate: boolean): Steps<void> {
  const read = yield* reading.disk.read(blobData(digest), MAX_MANIFEST_BYTES);
  if (!read.ok) {
    unread(reading, digest, candidate, read);
    return;
  }
  if (read.state.throughLink) reading.findings.blob(digest, BLOB_STORED | BLOB_UNTOUCHABLE);
  const { content, state } = read;
  const parsed = parseManifest(content);
  if (matchesDigest(content, digest) === false) {
    // Of a document that ends early the rest of the bytes is known to be missing: that says more. What it was nobody can
    // say any more, so a candidate counts as the manifest that it may have been.
    const health = !parsed.ok && parsed.failure === 'truncated' ? 'truncated' : 'mismatch';
    unsound(reading, digest, health, state, digestsAnywhere(content));
  } else if (parsed.ok) {
    if (!candidate || isManifest(parsed.manifest)) sound(reading, digest, parsed.manifest, state);
  } else if (!candidate || statesManifest(content)) {
    unsound(reading, digest, parsed.failure, state, digestsAnywhere(content));
  }
}

function unread(
  reading: Reading,
  digest: Digest,
  candidate: boolean,
  read: Exclude<Read, { readonly ok: true }>,
): void {
  if ('state' in read) {
    if (!candidate) unsound(reading, digest, 'too-large', read.state);
  } else if (!read.missing && read.errno !== 'not-a-file') {
    reading.failed(blobData(digest), read, { digest });
    unsound(reading, digest, 'unreadable', undefined);
  } else if (!candidate) {
    unsound(reading, digest, 'missing', undefined);
  }
}

/** A document that may be anything counts as a manifest when it has a known form, or says what it is. */
function isManifest(manifest: Manifest): boolean {
  return manifest.kind !== 'unknown' || manifest.mediaType !== '';
}

function sound(reading: Reading, digest: Digest, manifest: Manifest, file: FileState): void {
  reportLinked(reading, digest, file);
  reading.findings.manifest(digest, manifest.subject, row('sound', manifest, file));
  for (const reference of manifest.references) writeReference(reading, reference);
}

function unsound(
  reading: Reading,
  digest: Digest,
  health: ManifestHealth,
  file: FileState | undefined,
  names: Iterable<Digest> = [],
): void {
  reportLinked(reading, digest, file);
  reading.findings.manifest(digest, undefined, row(health, undefined, file));
  for (const named of names) writeReference(reading, bareReference('candidate', named));
}

/** Told with its row: a document that gets none may be read again, or stat-ed. */
function reportLinked(reading: Reading, digest: Digest, file: FileState | undefined): void {
  if (file?.throughLink === true) reading.linkedFile(blobData(digest), { digest });
}

function row(health: ManifestHealth, manifest: Manifest | undefined, file: FileState | undefined): FoundManifest {
  return {
    health: MANIFEST_HEALTH.indexOf(health),
    kind: MANIFEST_KINDS.indexOf(manifest?.kind ?? 'unknown'),
    mediaType: manifest?.mediaType ?? '',
    artifactType: manifest?.artifactType ?? '',
    bytes: file?.bytes ?? NaN,
    diskBytes: file?.diskBytes ?? NaN,
    time: file?.time ?? NaN,
    created: manifest?.created ?? NaN,
  };
}

function writeReference(reading: Reading, reference: Reference): void {
  reading.findings.reference(reference.digest, {
    kind: REFERENCE_KINDS.indexOf(reference.kind),
    flags: reference.foreign === true ? REFERENCE_FOREIGN : 0,
    bytes: reference.bytes ?? NaN,
    mediaType: reference.mediaType ?? '',
    platform: reference.platform ?? '',
  });
}
