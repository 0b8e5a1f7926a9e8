import { blobData } from '../layout/paths.ts';
import type { Digest } from '../layout/digest.ts';
import { createdOfConfig } from '../manifest/created.ts';
import { matchesDigest } from '../manifest/integrity.ts';
import { MAX_MANIFEST_BYTES } from '../manifest/model.ts';
import type { Reading } from './reading.ts';
import type { Steps } from './steps.ts';

/**
 * Reads one config for when its image was created. It is a blob, and may be anything: of one that is not what its digest says,
 * or larger than a manifest may be, no time is known.
 */
export function* readConfig(reading: Reading, digest: Digest): Steps<void> {
  const read = yield* reading.disk.read(blobData(digest), MAX_MANIFEST_BYTES);
  if (read.ok) {
    const isWhole = matchesDigest(read.content, digest) === true;
    reading.findings.config(digest, isWhole ? createdOfConfig(read.content) : NaN);
    return;
  }
  if (!('state' in read) && !read.missing && read.errno !== 'not-a-file') {
    reading.failed(blobData(digest), read, { digest });
  }
  reading.findings.config(digest, NaN);
}
