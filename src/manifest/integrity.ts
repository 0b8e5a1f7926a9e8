import { hash } from 'node:crypto';

import { digestAlgorithm, digestHex, isRegisteredAlgorithm, type Digest } from '../layout/digest.ts';

/**
 * Whether `bytes` are what `digest` names. `undefined` for an algorithm that go-digest does not register: the registry
 * could not say either.
 */
export function matchesDigest(bytes: Uint8Array, digest: Digest): boolean | undefined {
  const algorithm = digestAlgorithm(digest);
  return isRegisteredAlgorithm(algorithm) ? hash(algorithm, bytes, 'hex') === digestHex(digest) : undefined;
}
