/**
 * What every reader of a part of the volume needs: the door to the disk, where its rows go, and how it reports what it
 * could not read or did not expect. Whatever cannot be read makes the scan incomplete: it might have kept something.
 */
import { isTemporaryFileName } from '../layout/parse.ts';
import type { Digest } from '../layout/digest.ts';
import { createProblem, type ProblemCode, type ProblemSubject, type Severity } from '../shared/problem.ts';
import { FindingsWriter } from './findings.ts';
import { MAX_LINK_BYTES, parseLink, type LinkContent } from './links.ts';
import type { Disk } from './disk.ts';
import { runAll, type Steps } from './steps.ts';
import { pieces } from './tasks.ts';
import type { Entry, Failure, FileState } from './volume.ts';

/** The repository that is being read; paths below it begin with `folder`. */
export interface RepositoryPlace {
  readonly id: number;
  readonly name: string;
  /** Relative to `docker/registry/v2`. */
  readonly folder: string;
  /** Something on the way to it is a symbolic link: nothing below is ever deleted. */
  readonly throughLink: boolean;
}

export interface Folder {
  readonly name: string;
  readonly path: string;
  readonly throughLink: boolean;
}

/** What a link file turned out to be. `unreadable` has made the scan incomplete already. */
export type FoundLink =
  | {
      readonly found: true;
      readonly state: LinkContent['state'];
      readonly digest: Digest | undefined;
      readonly file: FileState;
    }
  | { readonly found: false; readonly state: 'missing' | 'unreadable' | 'not-a-file' };

/** Links whose path tells their digest. They are listed, and read only where somebody asks for that. */
export interface LinksRead {
  /** Layer links of sha256. */
  readonly readsLayerLinks: boolean;
  /** What a tag has named: its index entries. Absent: not read. */
  readonly readsHistoryLinks?: boolean;
}

const LISTED_ALONE: LinksRead = { readsLayerLinks: false };

/** So many branches are held until all of them are done: each keeps some kilobytes. */
const BRANCHES = 512;

export class Reading {
  constructor(
    readonly disk: Disk,
    readonly findings: FindingsWriter,
    readonly links: LinksRead = LISTED_ALONE,
    /** Branches that are done, to be used again. */
    private readonly spare: Reading[] = [],
  ) {}

  /**
   * Does the same with each of many, side by side where the disk answers later. What they find stands in their order all the
   * same, and so does what they return.
   */
  *each<T, R>(items: readonly T[], one: (reading: Reading, item: T) => Steps<R>): Steps<readonly R[]> {
    if (!this.disk.answersLater) {
      const results: R[] = [];
      for (const item of items) results.push(yield* one(this, item));
      return results;
    }
    const results: R[] = [];
    for (const piece of pieces(items, BRANCHES)) {
      const branches: Reading[] = [];
      results.push(...(yield* runAll(piece, (item, place) => one((branches[place] = this.branch()), item))));
      for (const branch of branches) this.adopt(branch);
    }
    return results;
  }

  /** Reads the same volume, and keeps what it finds to itself until that is adopted. */
  private branch(): Reading {
    return this.spare.pop() ?? new Reading(this.disk, new FindingsWriter(), this.links, this.spare);
  }

  /** What a branch found comes next. */
  private adopt(branch: Reading): void {
    this.findings.append(branch.findings);
    this.spare.push(branch);
  }

  problem(code: ProblemCode, severity: Severity, path: string, message: string, about: ProblemSubject = {}): void {
    this.findings.problem(createProblem(code, severity, path, message, about));
  }

  /** Reports why `path` could not be read. A missing one is nothing: it went, or never was. */
  failed(path: string, failure: Failure, about: ProblemSubject = {}): void {
    if (failure.missing) return;
    if (failure.errno === 'ENOTDIR') {
      this.problem('unknown-entry', 'warning', path, 'is not a folder, and a folder belongs here', about);
      return;
    }
    const code = failure.errno === 'EACCES' || failure.errno === 'EPERM' ? 'permission-denied' : 'io-error';
    this.problem(code, 'error', path, `cannot be read (${failure.errno}): the scan is incomplete`, about);
    this.findings.incomplete();
  }

  /** The entries of a folder; none where it is missing or cannot be listed, and then the reason is reported. */
  *entries(path: string, about: ProblemSubject = {}): Steps<readonly Entry[]> {
    const listed = yield* this.disk.list(path);
    if (listed.ok) return listed.entries;
    this.failed(path, listed, about);
    return [];
  }

  /**
   * The folders in a folder, symbolic links to folders among them. Everything else there is reported: a stray temporary
   * file as what it is, the rest as unknown.
   */
  *folders(path: string, throughLink: boolean, repository?: RepositoryPlace): Steps<readonly Folder[]> {
    return yield* this.asFolders(path, yield* this.entries(path, nameOf(repository)), throughLink, repository);
  }

  private *asFolders(
    path: string,
    entries: readonly Entry[],
    throughLink: boolean,
    repository?: RepositoryPlace,
  ): Steps<readonly Folder[]> {
    const folders: Folder[] = [];
    for (const entry of entries) {
      const folder = yield* this.asFolder(path, entry, throughLink, repository);
      if (folder !== undefined) folders.push(folder);
    }
    return folders;
  }

  /**
   * As `folders`, for a folder of folders named by sha256 digests. Where nothing else is in it, as nearly everywhere, the
   * names joined: so many times 64 digits.
   */
  *digestFolders(path: string, throughLink: boolean, repository?: RepositoryPlace): Steps<string | readonly Folder[]> {
    const listed = yield* this.disk.listDigests(path);
    if (!listed.ok) this.failed(path, listed, nameOf(repository));
    else if ('hex' in listed) return listed.hex;
    return listed.ok ? yield* this.asFolders(path, listed.entries, throughLink, repository) : [];
  }

  /** One entry of a folder as a folder, or `undefined` where it is none (then it has been reported). */
  *asFolder(path: string, entry: Entry, throughLink: boolean, repository?: RepositoryPlace): Steps<Folder | undefined> {
    const place = `${path}/${entry.name}`;
    if (entry.type === 'folder') return { name: entry.name, path: place, throughLink };
    if (entry.type === 'link') return yield* this.linkedFolder(place, entry.name, repository);
    if (entry.type === 'file' && isTemporaryFileName(entry.name)) yield* this.stray(place, repository);
    else this.problem('unknown-entry', 'warning', place, 'does not belong to the layout', nameOf(repository));
    return undefined;
  }

  /** Reads a link file and says what is wrong with the file itself; what its content means is the caller's to judge. */
  *link(path: string, repository: RepositoryPlace): Steps<FoundLink> {
    const read = yield* this.disk.read(path, MAX_LINK_BYTES);
    if (read.ok) return { found: true, ...parseLink(read.content), file: read.state };
    if (read.missing) return { found: false, state: 'missing' };
    if (read.errno === 'not-a-file') return { found: false, state: 'not-a-file' };
    if ('state' in read) return { found: true, state: 'malformed', digest: undefined, file: read.state };
    this.failed(path, read, nameOf(repository));
    return { found: false, state: 'unreadable' };
  }

  *stray(path: string, repository: RepositoryPlace | undefined): Steps<void> {
    const stated = yield* this.disk.state(path);
    if (!stated.ok) return;
    const { bytes, diskBytes, time } = stated.state;
    this.findings.strayFile(repository?.id, { path, bytes, diskBytes, time });
    const message = 'was left by a registry that died while it wrote';
    this.problem('stray-temporary-file', 'warning', path, message, nameOf(repository));
  }

  /** Reports a file that is a symbolic link to one. */
  linkedFile(path: string, about: ProblemSubject): void {
    this.problem('symbolic-link', 'warning', path, 'is a symbolic link: read through it, never deleted', about);
  }

  private *linkedFolder(
    path: string,
    name: string,
    repository: RepositoryPlace | undefined,
  ): Steps<Folder | undefined> {
    if ((yield* this.disk.folderBehind(path)) === undefined) {
      const message = 'is a symbolic link that leads to no folder: the scan is incomplete';
      this.problem('symbolic-link', 'error', path, message, nameOf(repository));
      this.findings.incomplete();
      return undefined;
    }
    const message = 'is a symbolic link: read through it, nothing behind it is deleted';
    this.problem('symbolic-link', 'warning', path, message, nameOf(repository));
    return { name, path, throughLink: true };
  }
}

/** The repository of a problem, where there is one. */
export function nameOf(repository: RepositoryPlace | undefined): ProblemSubject {
  return repository === undefined ? {} : { repository: repository.name };
}
