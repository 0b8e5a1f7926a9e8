/**
 * Whether a pull would work: asks the volume what the registry would ask it, in that order, and nothing else (distribution 2.8.3
 * and 3.0.0, `registry/storage`: `tagstore.go`, `manifeststore.go`, `linkedblobstore.go`). No scan is needed, and no index.
 */
import type { BlobCheck } from '../inventory/blob-checks.ts';
import type { Digest } from '../layout/digest.ts';
import { parseRepositoryName, parseTagName } from '../layout/names.ts';
import { blobData, layerLink, revisionLink, tagCurrentLink } from '../layout/paths.ts';
import { matchesDigest } from '../manifest/integrity.ts';
import { MAX_MANIFEST_BYTES, type Manifest, type Reference } from '../manifest/model.ts';
import { parseManifest } from '../manifest/parse.ts';
import { createProblem, type Problem, type ProblemCode } from '../shared/problem.ts';
import { MAX_LINK_BYTES, parseLink } from './links.ts';
import type { Failure, Volume } from './volume.ts';

/** What is to be pulled. */
export type PullReference =
  | { readonly repository: string; readonly tag: string; readonly digest?: undefined }
  | { readonly repository: string; readonly tag?: undefined; readonly digest: Digest };

/** What came of one manifest. */
interface Pulled {
  readonly digest: Digest;
  readonly platform: string | null;
  readonly works: boolean;
  readonly problems: readonly Problem[];
}

export interface Pull {
  readonly repository: string;
  readonly tag: string | null;
  readonly digest: Digest | null;
  readonly works: boolean;
  readonly manifests: readonly Pulled[];
  /** What is wrong with the names, or with the tag. */
  readonly problems: readonly Problem[];
  readonly blobs: number;
  readonly hashedBytes: number | null;
}

/** `checkBlob`: hashes configs and layers, too; absent: their sizes must do. */
export function checkPull(volume: Volume, wanted: PullReference, checkBlob?: (digest: Digest) => BlobCheck): Pull {
  const check = new PullChecker(volume, wanted.repository, wanted.tag, checkBlob);
  const digest = check.resolve(wanted);
  if (digest !== undefined) check.follow(digest);
  return check.result(digest ?? null);
}

interface Waiting {
  readonly digest: Digest;
  readonly platform: string | null;
  /** The index that names it. */
  readonly index?: Digest;
}

class PullChecker {
  private readonly ownProblems: Problem[] = [];
  private readonly manifests: Pulled[] = [];
  /** Blobs that were looked at, and what is wrong with each. */
  private readonly blobs = new Map<string, readonly Problem[]>();
  private hashedBytes = 0;

  constructor(
    private readonly volume: Volume,
    private readonly repository: string,
    private readonly tag: string | undefined,
    private readonly checkBlob: ((digest: Digest) => BlobCheck) | undefined,
  ) {}

  /** The digest that is meant; `undefined` where the registry would not say. */
  resolve({ tag, digest }: PullReference): Digest | undefined {
    if (parseRepositoryName(this.repository) === undefined) {
      this.ownProblems.push(
        this.problem('repository-name-invalid', this.repository, 'is a name that the registry refuses'),
      );
      return undefined;
    }
    if (digest !== undefined) return digest;
    if (parseTagName(tag) === undefined) {
      this.ownProblems.push(this.problem('tag-name-invalid', tag, 'is a tag that the registry refuses'));
      return undefined;
    }
    const path = tagCurrentLink(this.repository, tag);
    const link = this.link(path);
    if (typeof link === 'string') return link;
    const missing = ['tag-without-current', 'is missing: there is no such tag, or it names nothing'] as const;
    this.ownProblems.push(
      this.problem(...(link.code === undefined ? missing : ([link.code, link.message] as const)), path),
    );
    return undefined;
  }

  /** Looks at a manifest and all that it names. Index by index, with a list of what is to come: no stack for depth. */
  follow(digest: Digest): void {
    const waiting: Waiting[] = [{ digest, platform: null }];
    const seen = new Set<Digest>([digest]);
    for (let next = 0; next < waiting.length; next++) {
      const one = waiting[next];
      if (one === undefined) return;
      for (const child of this.lookAt(one)) {
        if (!seen.has(child.digest)) waiting.push(child);
        seen.add(child.digest);
      }
    }
  }

  result(digest: Digest | null): Pull {
    const { repository, manifests, ownProblems } = this;
    return {
      repository,
      tag: this.tag ?? null,
      digest,
      works: ownProblems.length === 0 && manifests.every(({ works }) => works),
      manifests,
      problems: ownProblems,
      blobs: this.blobs.size,
      hashedBytes: this.checkBlob === undefined ? null : this.hashedBytes,
    };
  }

  /** Returns the manifests that it names. */
  private lookAt({ digest, platform, index }: Waiting): readonly Waiting[] {
    const manifest = this.unlinked(digest, index) ?? this.document(digest, index);
    if ('code' in manifest) {
      this.manifests.push({ digest, platform, works: false, problems: [manifest] });
      return [];
    }
    const problems: Problem[] = [];
    const children: Waiting[] = [];
    for (const reference of manifest.references) {
      if (reference.kind === 'child' || reference.kind === 'candidate') {
        children.push({ digest: reference.digest, platform: reference.platform ?? null, index: digest });
      } else if (reference.foreign !== true) problems.push(...this.blob(reference, digest));
    }
    this.manifests.push({ digest, platform, works: problems.length === 0, problems });
    return children;
  }

  /** Why the registry would not even look for this manifest's document. */
  private unlinked(digest: Digest, index: Digest | undefined): Problem | undefined {
    const path = revisionLink(this.repository, digest);
    const link = this.link(path);
    if (link === digest) return undefined;
    if (typeof link === 'string')
      return this.problem('link-mismatch', `names ${link}: that is given out`, path, digest);
    if (link.code !== undefined) return this.problem(link.code, link.message, path, digest);
    return this.problem(this.notLinked(index), this.notLinkedWords(digest), path, digest);
  }

  private document(digest: Digest, index: Digest | undefined): Manifest | Problem {
    const path = blobData(digest);
    const fail = (code: ProblemCode, message: string): Problem => this.problem(code, message, path, digest);
    const read = this.volume.read(path, MAX_MANIFEST_BYTES);
    if (!read.ok) {
      if ('state' in read) return fail('manifest-too-large', 'is larger than the 4 MiB that the registry reads');
      const isGone = read.missing || read.errno === 'not-a-file' || read.errno === 'ENOTDIR';
      if (isGone) return fail(index === undefined ? 'manifest-missing' : 'child-missing', 'is not here');
      return fail(codeOf(read), failedWords(read));
    }
    const { content } = read;
    if (matchesDigest(content, digest) === false) {
      return fail('manifest-digest-mismatch', `has ${content.length} bytes, and they are not what its digest says`);
    }
    const parsed = parseManifest(content);
    if (!parsed.ok) return fail('manifest-unreadable', parsed.message);
    const { kind, mediaType } = parsed.manifest;
    if (kind === 'unknown' || kind === 'artifact') {
      const what = mediaType === '' ? 'what says so little of itself' : mediaType;
      return fail('manifest-unknown-media-type', `the registry does not serve ${what}`);
    }
    if (!statesVersion(content)) return fail('manifest-unreadable', 'has no schemaVersion: the registry wants one');
    return parsed.manifest;
  }

  private notLinked(index: Digest | undefined): ProblemCode {
    if (index !== undefined) return 'child-not-linked';
    return this.tag === undefined ? 'manifest-missing' : 'tag-not-linked';
  }

  /** What the registry says where a manifest has no revision link. */
  private notLinkedWords(digest: Digest): string {
    const isLayer = this.link(layerLink(this.repository, digest)) === digest;
    return isLayer
      ? 'is missing: registries before 3.0 still go by the link among the layers, later ones answer 404'
      : 'is missing: the registry answers 404';
  }

  private blob(reference: Reference, manifest: Digest): readonly Problem[] {
    const key = `${reference.digest} ${reference.bytes ?? ''}`;
    const known = this.blobs.get(key);
    if (known !== undefined) return known;
    const problems = this.lookAtBlob(reference, manifest);
    this.blobs.set(key, problems);
    return problems;
  }

  private lookAtBlob({ digest, kind, bytes }: Reference, manifest: Digest): readonly Problem[] {
    const path = layerLink(this.repository, digest);
    const link = this.link(path);
    const fail = (code: ProblemCode, message: string, at: string): readonly Problem[] => [
      this.problem(code, message, at, digest),
    ];
    if (typeof link !== 'string') {
      return link.code === undefined
        ? fail('layer-not-linked', `is missing: the registry answers 404 for this part of ${manifest}`, path)
        : fail(link.code, link.message, path);
    }
    // The link of another algorithm names the blob that the registry keeps for it.
    if (link !== digest && digest.startsWith('sha256:')) {
      return fail('link-mismatch', `names ${link}: the registry would give out that`, path);
    }
    const data = blobData(link);
    const stated = this.volume.state(data);
    if (!stated.ok) {
      if (!stated.missing && stated.errno !== 'not-a-file') return fail(codeOf(stated), failedWords(stated), data);
      return fail(
        kind === 'config' ? 'config-missing' : 'layer-missing',
        `is a ${kind} of ${manifest} and is not here`,
        data,
      );
    }
    if (bytes !== undefined && bytes !== stated.state.bytes) {
      return fail(
        'size-mismatch',
        `has ${stated.state.bytes} bytes, ${manifest} says ${bytes}: clients refuse it`,
        data,
      );
    }
    return this.content(link, data);
  }

  private content(digest: Digest, path: string): readonly Problem[] {
    const check = this.checkBlob?.(digest);
    if (check === undefined) return [];
    this.hashedBytes += check.bytes;
    if (check.state === 'right') return [];
    const message =
      check.state === 'failed' ? `cannot be read (${check.errno ?? 'unknown'})` : 'is not what its digest says';
    const code = check.state === 'failed' ? 'io-error' : 'blob-digest-mismatch';
    return [this.problem(code, message, path, digest)];
  }

  /** What a link names, as the registry reads it: nothing but a digest, or why it answers 500; without a code: there is none. */
  private link(path: string): Digest | { readonly code: ProblemCode | undefined; readonly message: string } {
    const read = this.volume.read(path, MAX_LINK_BYTES);
    if (read.ok) {
      const content = parseLink(read.content);
      if (content.state === 'sound') return content.digest;
      if (content.state === 'empty') return { code: 'link-empty', message: 'is empty: the registry answers 500' };
      return { code: 'link-malformed', message: 'is no digest as the registry writes it: it answers 500' };
    }
    if (read.missing || read.errno === 'ENOTDIR') return { code: undefined, message: 'is missing' };
    if ('state' in read || read.errno === 'not-a-file') {
      return { code: 'link-malformed', message: 'is no link: the registry answers 500' };
    }
    return { code: codeOf(read), message: failedWords(read) };
  }

  private problem(code: ProblemCode, message: string, path: string, digest?: Digest): Problem {
    const about = digest === undefined ? {} : { digest };
    return createProblem(code, 'error', path, message, { repository: this.repository, ...about });
  }
}

function codeOf(failure: Failure): ProblemCode {
  const errno = failure.missing ? '' : failure.errno;
  return errno === 'EACCES' || errno === 'EPERM' ? 'permission-denied' : 'io-error';
}

function failedWords(failure: Failure): string {
  return failure.missing ? 'is missing' : `cannot be read (${failure.errno})`;
}

/** The registry tells forms by it (`manifeststore.go`, `Get`), and answers 500 where it is neither 1 nor 2. */
function statesVersion(bytes: Uint8Array): boolean {
  const document = JSON.parse(Buffer.from(bytes).toString('utf8')) as { readonly schemaVersion?: unknown };
  return document.schemaVersion === 1 || document.schemaVersion === 2;
}
