/** The file of `--keep-digests`: what is running, as `kubectl get pods -o jsonpath` or `docker ps` give it. */
import { digestAlgorithm, isRegisteredAlgorithm, parseDigest, type Digest } from '../layout/digest.ts';

export interface KeptDigests {
  readonly digests: ReadonlySet<Digest>;
  /** What cannot be kept, with its line, from 1 up. Whoever runs it would lose it. */
  readonly problems: readonly { readonly line: number; readonly message: string }[];
}

/** `docker://`, `docker-pullable://`, `containerd://`: what a kubelet puts before an image. */
const SCHEME = /^[a-z][a-z0-9+.-]*:\/\//;

/**
 * The digests that a text names: of manifests, or of configs (docker calls those image ids). One or several a line, bare or at
 * the end of an image reference (`host/repo@sha256:…`), separated by blanks; `#` begins a comment. Nothing is thrown.
 */
export function parseKeepDigests(text: string): KeptDigests {
  const digests = new Set<Digest>();
  const problems: { line: number; message: string }[] = [];
  for (const [at, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\r|\n/)
    .entries()) {
    for (const word of wordsOf(line)) {
      const digest = digestOf(word);
      if (digest === undefined) problems.push({ line: at + 1, message: explain(word) });
      else digests.add(digest);
    }
  }
  return { digests, problems };
}

function wordsOf(line: string): string[] {
  const words = line.split(/\s+/).filter((word) => word !== '');
  const comment = words.findIndex((word) => word.startsWith('#'));
  return comment < 0 ? words : words.slice(0, comment);
}

function digestOf(word: string): Digest | undefined {
  const digest = parseDigest(word.slice(word.lastIndexOf('@') + 1).replace(SCHEME, ''));
  // `busybox:latest` has the form of a digest, of an algorithm that nobody knows.
  return digest !== undefined && isRegisteredAlgorithm(digestAlgorithm(digest)) ? digest : undefined;
}

function explain(word: string): string {
  return word.includes('@')
    ? `${word} ends in no digest`
    : `${word} names no digest: what a tag names may change, so only a digest says what is running`;
}
