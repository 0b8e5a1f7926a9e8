/** What an operator's words for a tag, a revision or a repository mean in an inventory. */
import type { DigestId } from '../inventory/digest-table.ts';
import type { Inventory } from '../inventory/inventory.ts';
import { parseDigest } from '../layout/digest.ts';
import { at, rowsOf } from '../shared/columns.ts';
import { AppError } from '../shared/errors.ts';
import { nearestName } from '../shared/nearest.ts';

type Named =
  | { readonly repository: string; readonly tag: string; readonly digest?: undefined }
  | { readonly repository: string; readonly tag?: undefined; readonly digest: string };

/** `REPO:TAG` or `REPO@DIGEST` in its parts, unchecked; `undefined` for any other text. */
export function splitReference(reference: string): Named | undefined {
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

/** The failure that there is no such repository. */
export function noSuchRepository(inventory: Inventory, name: string): AppError {
  const nearest = nearestName(
    name,
    inventory.repositories.map((repository) => repository.name),
  );
  const below = inventory.repositories.some((repository) => repository.name.startsWith(`${name}/`));
  const meant = below ? `"${name}/**" names all below it; ` : didYouMean(nearest);
  return new AppError('no-such-name', `there is no repository ${name}`, `${meant}regsweep ls ROOT lists them`);
}

function didYouMean(nearest: string | undefined): string {
  return nearest === undefined ? '' : `did you mean ${nearest}? `;
}

/** The row of a tag. Throws `no-such-name`. */
export function findTag(inventory: Inventory, repository: number, tag: string): number {
  const rows = rowsOf(inventory.tags.byRepository, repository);
  const found = rows.find((row) => inventory.tags.name[row] === tag);
  if (found !== undefined) return found;
  const nearest = nearestName(
    tag,
    [...rows].map((row) => inventory.tags.name[row] ?? ''),
  );
  throw new AppError(
    'no-such-name',
    `there is no tag ${tag} in that repository`,
    `${didYouMean(nearest)}regsweep ls ROOT REPO lists its tags`,
  );
}

/**
 * The revision of a repository that a digest or the beginning of one names; of sha256 where no algorithm is given. Throws
 * `no-such-name`, `ambiguous-name`.
 */
export function findRevision(inventory: Inventory, repository: number, text: string): DigestId {
  const whole = parseDigest(text);
  const prefix = text.includes(':') ? text : `sha256:${text}`;
  const found = new Set<DigestId>();
  for (const row of rowsOf(inventory.revisions.byRepository, repository)) {
    const id = at(inventory.revisions.digest, row);
    const digest = inventory.digests.digest(id);
    if (whole === undefined ? digest.startsWith(prefix) : digest === whole) found.add(id);
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
