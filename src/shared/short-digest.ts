/** Hex digits of a shortened digest: few enough to fit, enough to be unambiguous. */
const SHORT_HEX = 12;

/** A digest for people: its algorithm and its first digits. */
export function shortDigest(digest: string): string {
  return digest.slice(0, digest.indexOf(':') + 1 + SHORT_HEX);
}
