import { digestOf, splitSha256, type Digest } from '../layout/digest.ts';
import { parseTagName } from '../layout/names.ts';
import { CURRENT, INDEX, LINK } from '../layout/paths.ts';
import { ROW_UNTOUCHABLE, TAG_NAME_ILLEGAL, TAG_UNCERTAIN, TAG_WITHOUT_CURRENT } from '../inventory/inventory.ts';
import { readCurrentWithoutLink, readLinkless } from './leftovers.ts';
import { nameOf, type Folder, type FoundLink, type Reading, type RepositoryPlace } from './reading.ts';
import { flagsOf } from './revisions.ts';
import type { Steps } from './steps.ts';

const PARTS = [CURRENT, INDEX] as const;

/** Reads one tag folder: what it names now, and every revision that it has ever named. */
export function* readTag(reading: Reading, repository: RepositoryPlace, folder: Folder): Steps<void> {
  const path = `${folder.path}/${CURRENT}/${LINK}`;
  const link = yield* reading.link(path, repository);
  const about = { ...nameOf(repository), tag: folder.name };
  let flags = flagsOf(repository, folder);
  if (parseTagName(folder.name) === undefined) {
    flags |= TAG_NAME_ILLEGAL;
    reading.problem('tag-name-invalid', 'warning', folder.path, 'is not a legal tag; what it names is kept', about);
  }
  if (link.found && link.file.throughLink) {
    flags |= flagsOf(repository, folder, true);
    reading.linkedFile(path, about);
  }
  if (link.state === 'missing') {
    yield* readCurrentWithoutLink(reading, repository, { ...folder, path: `${folder.path}/${CURRENT}` });
  }
  flags |= judge(reading, path, link, about);
  if (yield* hasLinkedPart(reading, repository, folder)) flags |= ROW_UNTOUCHABLE;
  const current = link.found ? link.digest : undefined;
  const time = link.found ? link.file.time : NaN;
  const history = yield* listHistory(reading, repository, folder);
  if (history.throughLink) flags |= ROW_UNTOUCHABLE;
  reading.findings.tag(repository.id, current, { name: folder.name, time, flags });
  if (reading.links.readsHistoryLinks === true) return yield* readHistory(reading, repository, folder, history);
  if (history.hex !== '') reading.findings.tagIndexEntries(history.hex);
  for (const { digest } of history.entries) reading.findings.tagIndexEntry(digest);
}

function judge(reading: Reading, path: string, link: FoundLink, about: object): number {
  switch (link.state) {
    case 'sound':
      return 0;
    case 'missing':
      reading.problem(
        'tag-without-current',
        'warning',
        path,
        'is missing: the tag is listed, and names nothing',
        about,
      );
      return TAG_WITHOUT_CURRENT;
    case 'empty':
      reading.problem('link-empty', 'error', path, 'is empty: what the tag names is unknown', about);
      return TAG_UNCERTAIN;
    case 'malformed':
    case 'not-a-file':
      reading.problem('link-malformed', 'error', path, 'is no digest as the registry writes it', about);
      return TAG_UNCERTAIN;
    case 'unreadable':
      return TAG_UNCERTAIN;
  }
}

/** Whether `current` or `index` is a symbolic link: both are opened by their known names, which would not show it. */
function* hasLinkedPart(reading: Reading, repository: RepositoryPlace, { path, throughLink }: Folder): Steps<boolean> {
  let isLinked = false;
  for (const name of PARTS) {
    if (!(yield* reading.disk.isLink(`${path}/${name}`))) continue;
    yield* reading.asFolder(path, { name, type: 'link' }, throughLink, repository);
    isLinked = true;
  }
  return isLinked;
}

interface HistoryEntry {
  readonly digest: Digest;
  readonly folder: Folder;
}

interface History {
  /** Of sha256, the hexadecimal of all, joined. */
  readonly hex: string;
  readonly entries: readonly HistoryEntry[];
  /** Some of it lies behind a symbolic link. */
  readonly throughLink: boolean;
}

/** A history link's digest is its path: reading each would cost more than all the rest of the disk work. */
function* listHistory(reading: Reading, repository: RepositoryPlace, tag: Folder): Steps<History> {
  const found: HistoryEntry[] = [];
  let hex = '';
  let throughLink = false;
  for (const algorithm of yield* reading.folders(`${tag.path}/${INDEX}`, tag.throughLink, repository)) {
    const entries =
      algorithm.name === 'sha256'
        ? yield* reading.digestFolders(algorithm.path, algorithm.throughLink, repository)
        : yield* reading.folders(algorithm.path, algorithm.throughLink, repository);
    if (typeof entries === 'string') {
      throughLink ||= algorithm.throughLink && entries !== '';
      hex = entries;
      continue;
    }
    for (const entry of entries) {
      throughLink ||= entry.throughLink;
      const digest = digestOf(algorithm.name, entry.name);
      if (digest !== undefined) found.push({ digest, folder: entry });
      else reading.problem('unknown-entry', 'warning', entry.path, 'is not named by a digest', nameOf(repository));
    }
  }
  return { hex, entries: found, throughLink };
}

/** Reads each link of a tag's history, which a report takes by its path. Whatever it says, it counts by its folder. */
function* readHistory(
  reading: Reading,
  repository: RepositoryPlace,
  tag: Folder,
  { hex, entries, throughLink }: History,
): Steps<void> {
  const path = `${tag.path}/${INDEX}/sha256`;
  for (const name of splitSha256(hex)) {
    const digest = digestOf('sha256', name);
    const folder = { name, path: `${path}/${name}`, throughLink };
    if (digest !== undefined) yield* readHistoryLink(reading, repository, tag, { digest, folder });
  }
  for (const entry of entries) yield* readHistoryLink(reading, repository, tag, entry);
}

function* readHistoryLink(
  reading: Reading,
  repository: RepositoryPlace,
  tag: Folder,
  { digest, folder }: HistoryEntry,
): Steps<void> {
  const path = `${folder.path}/${LINK}`;
  const link = yield* reading.link(path, repository);
  if (link.state === 'missing') return yield* readLinkless(reading, repository, 'tag-index-entry', folder);
  reading.findings.tagIndexEntry(digest);
  const about = { ...nameOf(repository), tag: tag.name, digest };
  if (link.state === 'empty') {
    reading.problem('link-empty', 'warning', path, 'is empty; it counts by its folder', about);
  } else if (link.state === 'malformed' || link.state === 'not-a-file') {
    reading.problem('link-malformed', 'warning', path, 'is no digest as the registry writes it', about);
  }
  if (!link.found || link.digest === undefined || link.digest === digest) return;
  reading.problem('link-mismatch', 'warning', path, `names ${link.digest}, its folder another`, about);
}
