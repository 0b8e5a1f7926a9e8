/**
 * Warns where an index is of another registry root than the operator named. It is no error: the same volume is mounted at
 * another place on another machine.
 */
export function warnOfOtherRoot(ofIndex: string, named: string, warn: (message: string) => void): void {
  if (ofIndex !== named) warn(`the index is of ${ofIndex}, not of ${named}: the figures are those of ${ofIndex}`);
}
