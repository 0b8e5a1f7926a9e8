/**
 * Tags whose names say which manifest they are about: the referrers tag (OCI distribution-spec, "Referrers Tag Schema": at
 * most 32 characters of the algorithm and 64 of the rest) and cosign's (sigstore/cosign, `specs/SIGNATURE_SPEC.md`).
 */
import { digestAlgorithm, digestHex, type Digest } from './digest.ts';

const COSIGN_SUFFIXES = ['.sig', '.att', '.sbom'] as const;
const ALGORITHM_LENGTH = 32;
const ENCODED_LENGTH = 64;

/** The names of the tags that are about this manifest. */
export function tagsAbout(digest: Digest): readonly string[] {
  const algorithm = digestAlgorithm(digest);
  const hex = digestHex(digest);
  const referrers = `${algorithm.slice(0, ALGORITHM_LENGTH)}-${hex.slice(0, ENCODED_LENGTH)}`;
  return [referrers, ...COSIGN_SUFFIXES.map((suffix) => `${algorithm}-${hex}${suffix}`)];
}
