/** What the registry's own `garbage-collect` would do on a volume. */
import { fromByteString, toByteString, type RegistryFiles } from '../shared/registry-files.ts';
import type { Dialect } from './dialect.ts';
import { Driver, type Steps } from './driver.ts';
import { Endless, GoError, GoPanic } from './go-error.ts';
import { markAll, type Marked } from './mark.ts';
import { nothingGone, sweepAll, type Gone } from './sweep.ts';

/**
 * How the run ends. `message` is what it prints on stderr. `path` is the file that it is about, relative to the registry root.
 */
type Ending =
  | { readonly kind: 'done' }
  | { readonly kind: 'abort' | 'panic' | 'endless'; readonly message: string; readonly path: string };

export interface Prediction {
  readonly dialect: Dialect;
  readonly ending: Ending;
  readonly gone: Gone;
  /** Digests that it marks, whether anything is behind them or not; `undefined` where it does not come so far. */
  readonly marked: number | undefined;
}

export interface Request {
  readonly files: RegistryFiles;
  /** The registry root, an absolute path. */
  readonly root: string;
  readonly dialect: Dialect;
  /** `--delete-untagged`, `-m`. */
  readonly deleteUntagged: boolean;
  /** So many entries are visited a second time, by symbolic links, before the walk is given up; absent: a million. */
  readonly roundsLimit?: number;
}

/** Predicts one run. Changes nothing. */
export function* predict({ files, root, dialect, deleteUntagged, roundsLimit }: Request): Steps<Prediction> {
  const driver = new Driver(files, toByteString(root), dialect, roundsLimit);
  const gone = nothingGone();
  let marked: Marked | undefined;
  let ending: Ending = { kind: 'done' };
  try {
    marked = yield* markAll(driver, dialect, deleteUntagged);
    yield* sweepAll(driver, marked, gone);
  } catch (error) {
    ending = endingOf(error);
  }
  return { dialect, ending, gone, marked: marked?.digests.size };
}

function endingOf(error: unknown): Ending {
  if (error instanceof GoError) return ended('abort', `failed to garbage collect: ${error.message}`, error.path);
  if (error instanceof GoPanic) return ended('panic', `panic: ${error.message}`, error.path);
  if (error instanceof Endless) return ended('endless', error.message, error.path);
  throw error;
}

function ended(kind: 'abort' | 'panic' | 'endless', message: string, path: string): Ending {
  return { kind, message: fromByteString(message), path: fromByteString(path.replace(/^\//, '')) };
}
