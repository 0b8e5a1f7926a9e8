/** The file of `--keep-digests`: what is running, as `kubectl get pods -o jsonpath` or `docker ps` give it. */
import { digestAlgorithm, isRegisteredAlgorithm, parseDigest, type Digest } from '../layout/digest.ts';
import { parseRepositoryName, parseTagName } from '../layout/names.ts';
import type { TagReference } from './model.ts';

export interface KeptWorkloads {
  readonly digests: ReadonlySet<Digest>;
  readonly tagged: readonly TagReference[];
  /** What cannot be kept, with its line, from 1 up. Whoever runs it would lose it. */
  readonly problems: readonly { readonly line: number; readonly message: string }[];
}

/** `docker://`, `docker-pullable://`, `containerd://`: what a kubelet puts before an image. */
const SCHEME = /^[a-z][a-z0-9+.-]*:\/\//;

/**
 * What a text names: digests of manifests or of configs (docker calls those image ids), bare or at the end of an image
 * reference (`host/repo@sha256:…`), and image references by a tag. One or several a line, separated by blanks; `#` begins a
 * comment. Nothing is thrown.
 */
export function parseKeepDigests(text: string): KeptWorkloads {
  const digests = new Set<Digest>();
  const tagged: TagReference[] = [];
  const problems: { line: number; message: string }[] = [];
  for (const [at, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\r|\n/)
    .entries()) {
    for (const word of wordsOf(line)) {
      const digest = digestOf(word);
      const reference = digest === undefined ? tagReferenceOf(word) : undefined;
      if (digest !== undefined) digests.add(digest);
      else if (reference !== undefined) tagged.push(reference);
      else problems.push({ line: at + 1, message: `${word} is no digest and no image reference` });
    }
  }
  return { digests, tagged, problems };
}

/** A digest with a slip in it, or an id that docker has cut short: as a repository it would keep nothing. */
const LIKE_A_DIGEST = /^(?:.*:\/\/)?(?:sha\d+:.*|[0-9a-f]{12,})$/i;

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

/**
 * The first part is a registry where it has a dot or a colon, or is `localhost`; without a tag it is `latest` (distribution,
 * `reference/normalize.go`).
 */
function tagReferenceOf(word: string): TagReference | undefined {
  if (LIKE_A_DIGEST.test(word)) return undefined;
  const [, host = '', rest = ''] = /^((?:[^/]*[.:][^/]*|localhost)\/)?(.*)$/.exec(word.replace(SCHEME, '')) ?? [];
  const [, name = '', tagText = 'latest'] = /^([^:@]+)(?::([^:@/]+))?$/.exec(rest) ?? [];
  const path = parseRepositoryName(name);
  const tag = parseTagName(tagText);
  return host.includes('@') || path === undefined || tag === undefined ? undefined : { path, tag };
}

/**
 * Whether a reference may mean this repository. What stands before a name depends on who asks (a proxy's path, `library/`), so
 * one has to end in the other.
 */
export function mayMean({ path }: TagReference, repository: string): boolean {
  return `/${path}`.endsWith(`/${repository}`) || `/${repository}`.endsWith(`/${path}`);
}
