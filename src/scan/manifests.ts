/** Reads documents as manifests: bounded, checked against their digest, and each only once. */
import type { Digest } from '../layout/digest.ts';
import { blobData } from '../layout/paths.ts';
import { matchesDigest } from '../manifest/integrity.ts';
import { MAX_MANIFEST_BYTES, type Manifest, type Reference } from '../manifest/model.ts';
import { digestsAnywhere, parseManifest } from '../manifest/parse.ts';
import {
  MANIFEST_HEALTH,
  MANIFEST_KINDS,
  REFERENCE_FOREIGN,
  REFERENCE_KINDS,
  type ManifestHealth,
} from '../inventory/inventory.ts';
import type { FoundManifest } from '../inventory/findings.ts';
import type { Reading } from './reading.ts';
import type { FileState } from './volume.ts';

const BRACE = '{'.charCodeAt(0);

/**
 * Reads one document. A `candidate` may be anything: unless it turns out to be a manifest, no row is written. Of every
 * other digest a row comes back, sound or not; what is unsound still keeps each digest that can be found in it.
 */
export function readManifest(reading: Reading, digest: Digest, candidate: boolean): void {
  const path = blobData(digest);
  const read = reading.volume.read(path, MAX_MANIFEST_BYTES);
  if (!read.ok) {
    if (candidate) return;
    if ('state' in read) return unsound(reading, digest, 'too-large', read.state);
    if (!read.missing && read.errno !== 'not-a-file') {
      reading.failed(path, read, { digest });
      return unsound(reading, digest, 'unreadable', undefined);
    }
    return unsound(reading, digest, 'missing', undefined);
  }
  if (candidate && read.content[0] !== BRACE) return;
  const parsed = parseManifest(read.content);
  if (candidate && !(parsed.ok && isManifest(parsed.manifest))) return;
  if (matchesDigest(read.content, digest) === false) {
    // Of a document that ends early the rest of the bytes is known to be missing: that says more.
    const health = !parsed.ok && parsed.failure === 'truncated' ? 'truncated' : 'mismatch';
    return candidate ? undefined : unsound(reading, digest, health, read.state, read.content);
  }
  if (parsed.ok) sound(reading, digest, parsed.manifest, read.state);
  else unsound(reading, digest, parsed.failure, read.state, read.content);
}

/** A document that may be anything counts as a manifest when it has a known form, or says what it is. */
function isManifest(manifest: Manifest): boolean {
  return manifest.kind !== 'unknown' || manifest.mediaType !== '';
}

function sound(reading: Reading, digest: Digest, manifest: Manifest, file: FileState): void {
  reading.findings.manifest(digest, manifest.subject, row('sound', manifest, file));
  for (const reference of manifest.references) writeReference(reading, reference);
}

function unsound(
  reading: Reading,
  digest: Digest,
  health: ManifestHealth,
  file: FileState | undefined,
  content?: Uint8Array,
): void {
  reading.findings.manifest(digest, undefined, row(health, undefined, file));
  if (content === undefined) return;
  for (const named of digestsAnywhere(content)) writeReference(reading, { kind: 'candidate', digest: named });
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
