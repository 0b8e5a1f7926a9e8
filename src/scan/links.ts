/**
 * What a link file says. The registry writes the bare digest, no line break (distribution,
 * `registry/storage/linkedblobstore.go`, `linkBlob`); a crash of 2.x or 3.0 leaves it empty or short.
 */
import { parseDigest, type Digest } from '../layout/digest.ts';

export type LinkContent =
  | { readonly state: 'sound'; readonly digest: Digest }
  /** White space around a digest: the registry refuses it, but what was meant is plain. */
  | { readonly state: 'malformed'; readonly digest: Digest }
  | { readonly state: 'malformed' | 'empty'; readonly digest: undefined };

/** More than any digest that we take; a longer file is no link. Bytes. */
export const MAX_LINK_BYTES = 1024;

const decoder = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true });

/** Reads the content of a link file. */
export function parseLink(content: Buffer): LinkContent {
  // A digest is ASCII, so that every way of decoding spells the same: the cheapest will do.
  const digest = parseDigest(content.toString('latin1'));
  if (digest !== undefined) return { state: 'sound', digest };
  const text = decoder.decode(content);
  const trimmed = text.trim();
  const meant = parseDigest(trimmed);
  if (meant !== undefined) return { state: 'malformed', digest: meant };
  return { state: trimmed === '' ? 'empty' : 'malformed', digest: undefined };
}
