/** The problem codes of the contract with other programs: never renamed, only added to. */
export type ProblemCode =
  | 'link-empty'
  | 'link-malformed'
  | 'link-mismatch'
  | 'dangling-revision'
  | 'dangling-layer-link'
  | 'dangling-tag'
  | 'dangling-tag-index-entry'
  | 'tag-without-current'
  | 'manifest-missing'
  | 'manifest-truncated'
  | 'manifest-digest-mismatch'
  | 'manifest-unreadable'
  | 'manifest-unknown-media-type'
  | 'manifest-too-large'
  | 'child-missing'
  | 'child-not-linked'
  | 'layer-missing'
  | 'config-missing'
  | 'size-mismatch'
  | 'blob-digest-mismatch'
  | 'blob-without-data'
  | 'repository-name-invalid'
  | 'tag-name-invalid'
  | 'unknown-entry'
  | 'stray-temporary-file'
  | 'symbolic-link'
  | 'permission-denied'
  | 'io-error'
  | 'upload-without-startedat'
  | 'tag-not-linked'
  | 'layer-not-linked'
  | 'referrer-without-subject';

/** `error`: an image cannot be pulled, or what is kept is in doubt. `warning`: nothing that a user pulls is broken. */
export type Severity = 'error' | 'warning';

/** One thing found wrong on the volume. */
export interface Problem {
  readonly code: ProblemCode;
  readonly severity: Severity;
  /** Relative to `docker/registry/v2`, with `/` between its parts. */
  readonly path: string;
  readonly repository?: string;
  readonly tag?: string;
  readonly digest?: string;
  /** One sentence in the words of the design, without the path. */
  readonly message: string;
  /** Of `tag-not-linked`: what this tag alone keeps. */
  readonly bytes?: number;
}

/** What a problem is about, beside its path. */
export type ProblemSubject = Partial<Pick<Problem, 'repository' | 'tag' | 'digest' | 'bytes'>>;

/** Makes a problem. Its fields always come in one order: the JSON of the same problem is the same bytes, whoever found it. */
export function createProblem(
  code: ProblemCode,
  severity: Severity,
  path: string,
  message: string,
  { repository, tag, digest, bytes }: ProblemSubject = {},
): Problem {
  return {
    code,
    severity,
    path,
    ...(repository !== undefined && { repository }),
    ...(tag !== undefined && { tag }),
    ...(digest !== undefined && { digest }),
    message,
    ...(bytes !== undefined && { bytes }),
  };
}

/** Orders problems by code, path and digest, so that the same volume gives the same bytes whatever order it was read in. */
export function compareProblems(a: Problem, b: Problem): number {
  return (
    compareText(a.code, b.code) ||
    compareText(a.path, b.path) ||
    compareText(a.digest ?? '', b.digest ?? '') ||
    compareText(a.message, b.message)
  );
}

/** Orders by UTF-16 code units: the same on every machine, whatever its locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** How many problems there are of each severity. */
export interface Severities {
  readonly errors: number;
  readonly warnings: number;
}

export function severitiesOf(problems: readonly Problem[]): Severities {
  const errors = problems.filter((problem) => problem.severity === 'error').length;
  return { errors, warnings: problems.length - errors };
}
