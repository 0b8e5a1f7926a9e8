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
const ALGORITHM = /^[a-z0-9]+(?:[.+_-][a-z0-9]+)*$/;
const REGISTERED_DIGEST = [...REGISTERED].map(([algorithm, length]) => `${algorithm}:[0-9a-f]{${length}}`).join('|');
const WHOLE = new RegExp(`^(?:${REGISTERED_DIGEST})$`);
const SHA256_PREFIX = 'sha256:';
export const SHA256_DIGITS = 64;
/** The value of each hexadecimal digit by its character code. Capitals are none: the registry writes small letters. */
const HEX_VALUE = Int8Array.from({ length: 128 }, (_, code) => '0123456789abcdef'.indexOf(String.fromCharCode(code)));
/** Fixed lengths and no repetition of a repetition: the search is linear in the text, whatever that is. */
const EMBEDDED = new RegExp(`(?:${REGISTERED_DIGEST})(?![0-9a-f])`, 'g');
const SHORTEST_REGISTERED = SHA256_PREFIX.length + SHA256_DIGITS;

function isSha256Text(text: string): boolean {
  if (text.length !== SHORTEST_REGISTERED || !text.startsWith(SHA256_PREFIX)) return false;
  for (let i = SHA256_PREFIX.length; i < SHORTEST_REGISTERED; i++) if (!(hexValue(text, i) >= 0)) return false;
  return true;
}

/** The value of the digit at `index`; negative or NaN where there is none. */
function hexValue(text: string, index: number): number {
  return HEX_VALUE[text.charCodeAt(index)] ?? NaN;
}

/** The digest that `text` spells, or `undefined`. Upper-case hexadecimal of a registered algorithm is not one. */
export function parseDigest(text: string): Digest | undefined {
  // Nearly all are sha256, and this runs for every name and descriptor of a registry: a plain loop settles those.
  if (isSha256Text(text) || WHOLE.test(text)) return text as Digest;
  if (text.length > MAX_DIGEST_LENGTH || !GENERAL.test(text)) return undefined;
  return isRegisteredAlgorithm(text.slice(0, text.indexOf(':'))) ? undefined : (text as Digest);
}

/** The digest whose 32 raw bytes these are. Throws `RangeError` for any other length: that is a fault of the program. */
export function sha256Digest(raw: Uint8Array): Digest {
  if (raw.length !== 32) throw new RangeError(`${raw.length} bytes are no sha256`);
  return `sha256:${Buffer.from(raw.buffer, raw.byteOffset, raw.length).toString('hex')}` as Digest;
}

/** As `sha256Digest`, for the raw bytes that begin at `offset`. */
export function sha256DigestAt(bytes: Buffer, offset: number): Digest {
  return `sha256:${bytes.toString('hex', offset, offset + 32)}` as Digest;
}

/** Whether this is a digest of sha256, as nearly all are: 32 raw bytes stand for it. */
export function isSha256(digest: Digest): boolean {
  return digest.startsWith(SHA256_PREFIX);
}

/** Writes the 32 raw bytes of a sha256 digest (`isSha256`) into `target` from `offset` on. The inverse of `sha256Digest`. */
export function writeSha256(digest: Digest, target: Uint8Array, offset: number): void {
  let at = SHA256_PREFIX.length;
  for (let byte = offset; byte < offset + 32; byte++, at += 2) {
    target[byte] = (hexValue(digest, at) << 4) | hexValue(digest, at + 1);
  }
}

/** The hexadecimal of each digest of sha256, of which `joined` is nothing but that. */
export function splitSha256(joined: string): readonly string[] {
  const parts: string[] = [];
  for (let from = 0; from < joined.length; from += SHA256_DIGITS) parts.push(joined.slice(from, from + SHA256_DIGITS));
  return parts;
}

/** The digest of an algorithm and its encoded part, or `undefined` where they do not make one. */
export function digestOf(algorithm: string, encoded: string): Digest | undefined {
  return parseDigest(`${algorithm}:${encoded}`);
}

/** Every digest of a registered algorithm that stands in `text`, alone or inside other words, in order, repeats kept. */
export function digestsInText(text: string): Digest[] {
  if (text.length < SHORTEST_REGISTERED) return [];
  return (text.match(EMBEDDED) ?? []) as Digest[];
}

/** Whether `text` can stand before the colon of a digest, registered or not. */
export function isAlgorithm(text: string): boolean {
  return text.length <= MAX_DIGEST_LENGTH && ALGORITHM.test(text);
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
