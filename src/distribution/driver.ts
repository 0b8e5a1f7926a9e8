/**
 * The registry's file system driver, over the volume: which calls it makes, how it walks, and what its errors say
 * (distribution, `registry/storage/driver/{filesystem,base,walk.go}`, v2.8.2 and v3.1.1).
 */
import type { FileEntry, FileFacts, RegistryFiles } from '../shared/registry-files.ts';
import type { Dialect } from './dialect.ts';
import { digestFault } from './digests.ts';
import { Endless, GoError, invalidPath, systemError, throughDriver } from './go-error.ts';

/** Work in pieces: each `yield` is a place where somebody else may have a turn. */
export type Steps<T> = Generator<undefined, T, undefined>;

export interface Walked {
  /** A path of the driver. */
  readonly path: string;
  readonly isFolder: boolean;
  /** Reached by going round: it counts towards the end of what is followed. */
  readonly again: boolean;
  /** Set by whoever walks: `ErrSkipDir`. */
  leave: boolean;
}

interface Level {
  readonly path: string;
  readonly entries: readonly FileEntry[];
  readonly again: boolean;
  next: number;
}

/** What every path must match that is not merely walked over (`storagedriver.PathRegexp`). */
const PATH = /^(?:\/[A-Za-z0-9._-]+)+$/;
/** So much of a link is read: a longer one is as wrong as this much of it. */
const LINK_LIMIT = 1024 * 1024;
/** The registry reads no more of a manifest (`registry/storage/io.go`, `maxBlobGetSize`). */
const MANIFEST_LIMIT = 4 * 1024 * 1024;
/** Below that, an entry's kind is known by its folder; above, its path may be too long to be looked at. */
const LONG_PATH = 3500;
/** So many entries are visited a second time, by symbolic links, before the walk is given up. */
const ROUNDS_LIMIT = 1_000_000;

export class Driver {
  private rounds = 0;

  constructor(
    private readonly files: RegistryFiles,
    /** The `rootdirectory`, a byte string. */
    private readonly root: string,
    private readonly dialect: Dialect,
    private readonly roundsLimit = ROUNDS_LIMIT,
  ) {}

  /** `readlink`: the digest that a link holds. */
  readLink(path: string): string {
    const text = this.content(path, LINK_LIMIT).text;
    const fault = digestFault(text);
    if (fault !== undefined) throw new GoError('other', fault, path);
    return text;
  }

  /** `getContent` of a blob. */
  readManifest(path: string): string {
    const { text, whole } = this.content(path, MANIFEST_LIMIT);
    if (!whole) throw new GoError('other', 'storage: read exceeds limit', path);
    return text;
  }

  /** The names in a folder, in its own order. */
  names(path: string): readonly string[] {
    requirePath(path);
    const listed = this.files.list(this.root + path, true);
    if (!listed.ok) throw throughDriver(systemError(listed, this.root, path));
    return listed.entries.map(({ name }) => name);
  }

  /** As `facts`; nothing where nothing is there. */
  factsIfThere(path: string): FileFacts | undefined {
    requirePath(path);
    const facts = this.files.facts(this.root + path);
    // Most of what is asked for is not there: nothing is made for that.
    if (facts.ok) return facts;
    if (facts.errno === 'ENOENT') return undefined;
    throw throughDriver(systemError(facts, this.root, path));
  }

  /** The names in a folder; nothing where it cannot be listed, and none where it is not there. */
  namesIfListed(path: string): ReadonlySet<string> | undefined {
    const listed = this.files.list(this.root + path, false);
    if (listed.ok) return new Set(listed.entries.map(({ name }) => name));
    return listed.errno === 'ENOENT' ? new Set() : undefined;
  }

  /** What a path leads to: the real path; and where it stands, which is another where it is a symbolic link. */
  places(path: string): readonly string[] {
    const real = this.files.realPath(this.root + path);
    if (!this.files.isLink(this.root + path)) return real === undefined ? [] : [real];
    const slash = path.lastIndexOf('/');
    const folder = this.files.realPath(this.root + path.slice(0, slash));
    return [...(real === undefined ? [] : [real]), ...(folder === undefined ? [] : [folder + path.slice(slash)])];
  }

  isLink(path: string): boolean {
    return this.files.isLink(this.root + path);
  }

  /**
   * `Walk`: what is below `from`, in the order of names byte by byte, without `from` itself; `again` is that of whatever led
   * here. What it throws must still go through `throughDriver`, as must what its caller throws meanwhile.
   */
  *walk(from: string, again = false): Generator<Walked, void, undefined> {
    requirePath(from);
    const seen = new Set<string>();
    const levels = [this.level(from, again)];
    for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
      const entry = level.entries[level.next];
      if (entry === undefined) {
        levels.pop();
        continue;
      }
      const walked = this.look(level, entry, seen);
      level.next++;
      if (walked === undefined) continue;
      yield walked;
      if (walked.leave) {
        // 2.8 takes leaving a file for the end of its folder.
        if (!walked.isFolder && this.dialect === 'distribution-2.8') levels.pop();
      } else if (walked.isFolder) levels.push(this.level(walked.path, walked.again));
    }
  }

  private look(level: Level, entry: FileEntry, seen: Set<string>): Walked | undefined {
    const path = `${level.path}/${entry.name}`;
    if (level.again && ++this.rounds > this.roundsLimit) {
      const words = `it would go round symbolic links again and again: given up after ${this.roundsLimit} entries`;
      throw new Endless(words, path);
    }
    if (entry.kind !== 'link' && level.next > 0 && path.length < LONG_PATH) {
      return { path, isFolder: entry.kind === 'folder', again: level.again, leave: false };
    }
    const facts = this.walkedFacts(path);
    if (facts === undefined) return undefined;
    const isFolder = facts.kind === 'folder';
    return { path, isFolder, again: level.again || this.isSeen(entry, facts, seen), leave: false };
  }

  /** Whether a symbolic link led to this folder before. */
  private isSeen(entry: FileEntry, { kind, identity }: FileFacts, seen: Set<string>): boolean {
    if (entry.kind !== 'link' || kind !== 'folder') return false;
    if (seen.has(identity)) return true;
    seen.add(identity);
    return false;
  }

  /** A walk asks the driver below the checks: what is gone meanwhile, or leads nowhere, is passed over. */
  private walkedFacts(path: string): FileFacts | undefined {
    const facts = this.files.facts(this.root + path);
    if (facts.ok) return facts;
    if (facts.errno === 'ENOENT') return undefined;
    throw systemError(facts, this.root, path);
  }

  private level(path: string, again: boolean): Level {
    const listed = this.files.list(this.root + path, false);
    if (!listed.ok) throw systemError(listed, this.root, path);
    return { path, entries: listed.entries.toSorted(byName), again, next: 0 };
  }

  private content(path: string, limit: number): { readonly text: string; readonly whole: boolean } {
    requirePath(path);
    const read = this.files.read(this.root + path, limit);
    if (!read.ok) throw throughDriver(systemError(read, this.root, path));
    if (read.kind === 'file') return read;
    throw new Endless(
      read.kind === 'fifo'
        ? 'it would wait for ever for somebody to write into a FIFO'
        : 'it would read a device, which nobody knows the end of',
      path,
    );
  }
}

function requirePath(path: string): void {
  if (!PATH.test(path)) throw invalidPath(path);
}

function byName(a: FileEntry, b: FileEntry): number {
  return a.name < b.name ? -1 : 1;
}
