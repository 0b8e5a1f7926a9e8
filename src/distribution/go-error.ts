/** Errors of the registry, worded as it words them, and what else can end a run of it. */
import type { FailedCall } from '../shared/registry-files.ts';

/** What Go says for an errno on Linux (`syscall/zerrors_linux_amd64.go`, "Error table"). */
const ERRNO_WORDS: Readonly<Record<string, string>> = {
  EPERM: 'operation not permitted',
  ENOENT: 'no such file or directory',
  EIO: 'input/output error',
  ENXIO: 'no such device or address',
  EACCES: 'permission denied',
  EBUSY: 'device or resource busy',
  ENODEV: 'no such device',
  ENOTDIR: 'not a directory',
  EISDIR: 'is a directory',
  EINVAL: 'invalid argument',
  EMFILE: 'too many open files',
  ENAMETOOLONG: 'file name too long',
  ELOOP: 'too many levels of symbolic links',
  ENOTCONN: 'transport endpoint is not connected',
  EREMOTEIO: 'remote I/O error',
  ESTALE: 'stale NFS file handle',
};

/** `not-found` and `invalid-path` are types of their own in the registry: they pass where another error is wrapped. */
type GoErrorKind = 'not-found' | 'invalid-path' | 'other';

/** An error that the registry would return. */
export class GoError extends Error {
  override readonly name = 'GoError';

  constructor(
    readonly kind: GoErrorKind,
    message: string,
    /** The file that it is about: a path of the driver, or of what it was reading. A byte string. */
    readonly path: string,
  ) {
    super(message);
  }
}

/** The registry would panic: exit status 2. */
export class GoPanic extends Error {
  override readonly name = 'GoPanic';

  constructor(
    message: string,
    readonly path: string,
  ) {
    super(message);
  }
}

/** The registry would not come to an end. */
export class Endless extends Error {
  override readonly name = 'Endless';

  constructor(
    message: string,
    readonly path: string,
  ) {
    super(message);
  }
}

/** `PathNotFoundError` (`registry/storage/driver/storagedriver.go`). */
export function notFound(path: string): GoError {
  return new GoError('not-found', `filesystem: Path not found: ${path}`, path);
}

/** `InvalidPathError` (`registry/storage/driver/storagedriver.go`). */
export function invalidPath(path: string): GoError {
  return new GoError('invalid-path', `filesystem: invalid path: ${path}`, path);
}

/** Go's `PathError` of a call of the system; where nothing is there, the driver's own error. */
export function systemError({ call, errno }: FailedCall, root: string, path: string): GoError {
  if (errno === 'ENOENT' && call !== 'read') return notFound(path);
  return new GoError('other', `${call} ${root}${path}: ${ERRNO_WORDS[errno] ?? errno}`, path);
}

/** What every call of the driver does to an error that it lets through (`registry/storage/driver/base/base.go`, `setDriverName`). */
export function throughDriver(error: unknown): unknown {
  if (!(error instanceof GoError) || error.kind !== 'other') return error;
  return new GoError('other', `filesystem: ${error.message}`, error.path);
}

/** `fmt.Errorf("…: %v", err)`: text before it, and no longer an error of its own type. */
export function explained(words: string, error: unknown): unknown {
  return error instanceof GoError ? new GoError('other', `${words}${error.message}`, error.path) : error;
}
