/**
 * Digests, as the registry spells them: `algorithm ":" encoded` (OCI image-spec, descriptor.md, "Digests"; the registry
 * uses opencontainers/go-digest, `digest.go`, `DigestRegexpAnchored`).
 */
declare const digestBrand: unique symbol;

/** `alg:hex`, checked. Made by `parseDigest` and `digestOf` alone. */
export type Digest = string & { readonly [digestBrand]: true };

/** Hexadecimal length of the algorithms that go-digest registers (`algorithm.go`). Only these may ever be deleted. */
const REGISTERED: ReadonlyMap<string, number> = new Map([
  ['sha256', 64],
  ['sha384', 96],
  ['sha512', 128],
]);

/** Longer text is never a digest: it bounds what hostile input can make us keep. */
const MAX_DIGEST_LENGTH = 512;
const GENERAL = /^[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[a-zA-Z0-9=_-]+$/;
const LOWER_HEX = /^[0-9a-f]+$/;

/** The digest that `text` spells, or `undefined`. Upper-case hexadecimal of a registered algorithm is not one. */
export function parseDigest(text: string): Digest | undefined {
  if (text.length > MAX_DIGEST_LENGTH || !GENERAL.test(text)) return undefined;
  const colon = text.indexOf(':');
  const hexLength = REGISTERED.get(text.slice(0, colon));
  if (hexLength !== undefined) {
    const hex = text.slice(colon + 1);
    if (hex.length !== hexLength || !LOWER_HEX.test(hex)) return undefined;
  }
  return text as Digest;
}

/** The digest of an algorithm and its encoded part, or `undefined` where they do not make one. */
export function digestOf(algorithm: string, encoded: string): Digest | undefined {
  return parseDigest(`${algorithm}:${encoded}`);
}

/** `sha256` of `sha256:…`. */
export function digestAlgorithm(digest: Digest): string {
  return digest.slice(0, digest.indexOf(':'));
}

/** The part after the colon. */
export function digestHex(digest: Digest): string {
  return digest.slice(digest.indexOf(':') + 1);
}

/** Whether the registry itself can hold blobs under this algorithm; others are reported and never touched. */
export function isRegisteredAlgorithm(algorithm: string): boolean {
  return REGISTERED.has(algorithm);
}

/** The short form for people: the algorithm and the first twelve digits. */
export function shortDigest(digest: string): string {
  const colon = digest.indexOf(':');
  return digest.slice(0, colon + 13);
}
