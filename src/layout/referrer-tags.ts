/**
 * Tags whose names say which manifest they are about: the referrers tag (OCI distribution-spec, "Referrers Tag Schema": at
 * most 32 characters of the algorithm and 64 of the rest) and cosign's (sigstore/cosign, `specs/SIGNATURE_SPEC.md`).
 */
import { digestAlgorithm, digestHex, digestOf, isRegisteredAlgorithm, type Digest } from './digest.ts';

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

const ABOUT = /^([a-z0-9]+)-([0-9a-f]{64,128})(\.(?:sig|att|sbom))?$/;

/** What a tag is about by its name: the algorithm, and of the rest all or (in a referrers tag) the first 64 characters. */
export interface TagSubject {
  readonly algorithm: string;
  readonly hex: string;
}

/** The inverse of `tagsAbout`; `undefined` where `tag` is a name that it gives for no digest. */
export function subjectOfTag(tag: string): TagSubject | undefined {
  const [, algorithm = '', hex = '', suffix] = ABOUT.exec(tag) ?? [];
  const isOne =
    suffix === undefined
      ? isRegisteredAlgorithm(algorithm) && hex.length === ENCODED_LENGTH
      : digestOf(algorithm, hex) !== undefined && isRegisteredAlgorithm(algorithm);
  return isOne ? { algorithm, hex } : undefined;
}
