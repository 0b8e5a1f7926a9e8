/** Digests as the registry checks them (opencontainers/go-digest 1.0.0, `digest.go`, `algorithm.go`), and the paths it makes. */
import { GoError, GoPanic } from './go-error.ts';

const HEX_LENGTH: ReadonlyMap<string, number> = new Map([
  ['sha256', 64],
  ['sha384', 96],
  ['sha512', 128],
]);
const ANCHORED = /^[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[a-zA-Z0-9=_-]+$/;
const HEX = /^[a-f0-9]+$/;

const INVALID_FORMAT = 'invalid checksum digest format';
const INVALID_LENGTH = 'invalid checksum digest length';
const UNSUPPORTED = 'unsupported digest algorithm';

/** What is wrong with a digest, in go-digest's words; `undefined` for nothing. */
export function digestFault(text: string): string | undefined {
  const colon = text.indexOf(':');
  if (colon <= 0 || colon + 1 === text.length) return INVALID_FORMAT;
  const length = HEX_LENGTH.get(text.slice(0, colon));
  if (length === undefined) return ANCHORED.test(text) ? UNSUPPORTED : INVALID_FORMAT;
  if (text.length - colon - 1 !== length) return INVALID_LENGTH;
  return HEX.test(text.slice(colon + 1)) ? undefined : INVALID_FORMAT;
}

/** `<algorithm>/<hex>` of a digest that is in order. */
export function linkComponents(digest: string): string {
  return digest.replace(':', '/');
}

/** `<algorithm>/<two digits>/<hex>` of a digest that is in order. */
export function blobComponents(digest: string): string {
  const colon = digest.indexOf(':');
  return `${digest.slice(0, colon)}/${digest.slice(colon + 1, colon + 3)}/${digest.slice(colon + 1)}`;
}

/**
 * The digest of a blob by the path of its `data` (`registry/storage/paths.go`, `digestFromPath`): the folder above gives the
 * algorithm, or the one above that where it has the first two digits. Throws `GoError`, and `GoPanic` for a name of one byte.
 */
export function digestOfDataPath(path: string): string {
  const parts = path.split('/');
  const hex = parts.at(-2) ?? '';
  const above = parts.at(-3) ?? '';
  if (hex.length < 2) {
    throw new GoPanic(`runtime error: slice bounds out of range [:2] with length ${hex.length}`, path);
  }
  const algorithm = above === hex.slice(0, 2) ? (parts.at(-4) ?? '') : above;
  const digest = `${algorithm}:${hex}`;
  const fault = digestFault(digest);
  if (fault !== undefined) throw new GoError('other', fault, path);
  return digest;
}
