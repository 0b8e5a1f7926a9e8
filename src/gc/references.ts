/** What an operator's words for a tag, a revision or a repository mean in an inventory. */
import type { DigestId, DigestTable } from '../inventory/digest-table.ts';
import { NONE, type Inventory } from '../inventory/inventory.ts';
import { isRegisteredAlgorithm, parseDigest } from '../layout/digest.ts';
import { at, rowsOf } from '../shared/columns.ts';
import { AppError } from '../shared/errors.ts';
import { nearestName } from '../shared/nearest.ts';

/** A tag or a revision, by name. */
export type NamedImage =
  | { readonly repository: string; readonly tag: string; readonly digest?: undefined }
  | { readonly repository: string; readonly tag?: undefined; readonly digest: string };

/** `REPO:TAG` or `REPO@DIGEST` in its parts, unchecked; `undefined` for any other text. */
export function splitReference(reference: string): NamedImage | undefined {
  const atSign = reference.indexOf('@');
  if (atSign > 0) return { repository: reference.slice(0, atSign), digest: reference.slice(atSign + 1) };
  const colon = reference.lastIndexOf(':');
  return colon > 0 ? { repository: reference.slice(0, colon), tag: reference.slice(colon + 1) } : undefined;
}

/** The repository of exactly that name, legal or not. */
export function findRepository(inventory: Inventory, name: string): number | undefined {
  const found = inventory.repositories.findIndex((repository) => repository.name === name);
  return found === -1 ? undefined : found;
}

/** Whether it is told what may have been meant: of thousands that fail that would take a long time. */
export type Suggesting = 'suggest' | 'bare';

/** The failure that there is no such repository. */
export function noSuchRepository(
  { repositories }: Inventory,
  name: string,
  suggesting: Suggesting = 'suggest',
): AppError {
  const message = `there is no repository ${name}`;
  if (suggesting === 'bare') return new AppError('no-such-name', message);
  const nearest = nearestName(
    name,
    repositories.map((repository) => repository.name),
  );
  const below = repositories.some((repository) => repository.name.startsWith(`${name}/`));
  const meant = below ? `"${name}/**" names all below it; ` : didYouMean(nearest);
  return new AppError('no-such-name', message, `${meant}regsweep ls ROOT lists them`);
}

function didYouMean(nearest: string | undefined): string {
  return nearest === undefined ? '' : `did you mean ${nearest}? `;
}

/** The row of a tag. Throws `no-such-name`. */
export function findTag(
  inventory: Inventory,
  repository: number,
  tag: string,
  suggesting: Suggesting = 'suggest',
): number {
  const rows = rowsOf(inventory.tags.byRepository, repository);
  const found = rows.find((row) => inventory.tags.name[row] === tag);
  if (found !== undefined) return found;
  const message = `there is no tag ${tag} in that repository`;
  if (suggesting === 'bare') throw new AppError('no-such-name', message);
  const nearest = nearestName(
    tag,
    [...rows].map((row) => inventory.tags.name[row] ?? ''),
  );
  throw new AppError('no-such-name', message, `${didYouMean(nearest)}regsweep ls ROOT REPO lists its tags`);
}

/**
 * The revision of a repository that a digest or the beginning of one names; of sha256 where no algorithm is given. Throws
 * `no-such-name`, `ambiguous-name`.
 */
export function findRevision(inventory: Inventory, repository: number, text: string): DigestId {
  const whole = parseDigest(text);
  const known = whole === undefined ? undefined : inventory.digests.find(whole);
  const prefix = text.includes(':') ? text : `sha256:${text}`;
  const found = new Set<DigestId>();
  for (const row of rowsOf(inventory.revisions.byRepository, repository)) {
    const id = at(inventory.revisions.digest, row);
    // To spell each digest takes long where thousands are asked for.
    if (whole === undefined ? inventory.digests.digest(id).startsWith(prefix) : id === known) found.add(id);
  }
  const [first, second] = found;
  if (first === undefined) {
    throw new AppError(
      'no-such-name',
      `there is no revision ${text} in that repository`,
      `it is no manifest of that repository: regsweep ls ROOT REPO lists those; what else it may be tells regsweep query ROOT "SELECT * FROM named_blob WHERE digest LIKE '${prefix.replace(/[^\w:+.=-]/g, '_')}%'"`,
    );
  }
  if (second !== undefined)
    throw new AppError('ambiguous-name', `${text} means ${found.size} revisions`, 'give more digits');
  return first;
}

/** A digest, or the beginning of one, as an operator writes it. */
const BEGINNING = /^(?:([a-z0-9]+(?:[.+_-][a-z0-9]+)*):)?([0-9a-f]+)$/;
/** So many digests are told of those that begin alike. */
const TOLD = 4;

/** Whether `text` means a digest, and not a tag: a tag of a repository that is named like an algorithm has other letters. */
export function meansDigest(text: string): boolean {
  const [, algorithm] = BEGINNING.exec(text) ?? [];
  if (algorithm === undefined) return BEGINNING.test(text);
  return isRegisteredAlgorithm(algorithm);
}

/**
 * What a digest or the beginning of one means, with or without its algorithm, wherever it is named. Throws `no-such-name`,
 * `ambiguous-name`.
 */
export function findDigest({ digests }: Inventory, text: string): DigestId {
  const whole = parseDigest(text);
  const known = whole === undefined ? undefined : digests.find(whole);
  if (known !== undefined) return known;
  const [, algorithm, hex] = BEGINNING.exec(text) ?? [];
  const found = hex === undefined ? [] : digests.withPrefix(hex);
  return onlyOne({ digests }, found.filter(isOf(digests, algorithm)), text);
}

/**
 * As `findDigest`, of what a repository links: its revisions, its layer links and what its tags have ever named. Throws
 * `no-such-name`, `ambiguous-name`.
 */
export function findLinked(inventory: Inventory, repository: number, text: string): DigestId {
  const { digests, revisions, layerLinks, tags, tagIndexEntries } = inventory;
  const whole = parseDigest(text);
  const known = whole === undefined ? undefined : digests.find(whole);
  const [, algorithm, hex] = BEGINNING.exec(text) ?? [];
  const beginning = hex === undefined ? [] : digests.withPrefix(hex).filter(isOf(digests, algorithm));
  const wanted = new Set(known === undefined ? beginning : [known]);
  const found = new Set<DigestId>();
  const look = (id: DigestId): void => {
    if (wanted.has(id)) found.add(id);
  };
  for (const row of rowsOf(revisions.byRepository, repository)) look(at(revisions.digest, row));
  for (const row of rowsOf(layerLinks.byRepository, repository)) look(at(layerLinks.digest, row));
  for (const tag of rowsOf(tags.byRepository, repository)) {
    if (at(tags.current, tag) !== NONE) look(at(tags.current, tag));
    for (const row of rowsOf(tagIndexEntries.byTag, tag)) look(at(tagIndexEntries.digest, row));
  }
  return onlyOne(inventory, [...found], `${text} in that repository`);
}

/** Whether it is of that algorithm; without one, of any. */
function isOf(digests: DigestTable, algorithm: string | undefined): (id: DigestId) => boolean {
  return (id) => algorithm === undefined || digests.algorithm(id) === algorithm;
}

function onlyOne({ digests }: Pick<Inventory, 'digests'>, found: readonly DigestId[], what: string): DigestId {
  const [first, second] = found;
  if (first === undefined) {
    throw new AppError(
      'no-such-name',
      `there is no ${what}`,
      'neither a blob nor a link nor a manifest of the index names it; regsweep ls ROOT REPO lists what a repository holds',
    );
  }
  if (second === undefined) return first;
  const names = found.map((id) => digests.digest(id)).sort();
  const some = names.slice(0, TOLD).join(', ');
  const more = names.length > TOLD ? `, and ${names.length - TOLD} more` : '';
  throw new AppError('ambiguous-name', `${what} means ${names.length} digests: ${some}${more}`, 'give more digits');
}
