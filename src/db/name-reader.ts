/**
 * Names out of an index, a few at a time and without the rest of it, for whoever types them. Only what the registry itself takes
 * for a name or a digest is given: no shell has to quote that.
 */
import { parseDigest } from '../layout/digest.ts';
import { parseRepositoryName, parseTagName } from '../layout/names.ts';
import { readIndexFile } from './open.ts';

/** At most this many are given. */
const MOST_NAMES = 200;

/** What no name that begins with a text comes after. */
const LAST = '\u{10ffff}';

/** The first repositories by name that begin with `prefix`. Throws as `readIndexFile` does. */
export function readRepositoryNames(path: string, prefix: string): readonly string[] {
  const sql = 'SELECT name FROM repository WHERE name >= ? AND name < ? ORDER BY name';
  return readNames(path, sql, [prefix, prefix + LAST], parseRepositoryName);
}

/** The first tags of a repository by name that begin with `prefix`. Throws as `readIndexFile` does. */
export function readTagNames(path: string, repository: string, prefix: string): readonly string[] {
  const sql = `SELECT name FROM tag WHERE repository_id = (SELECT id FROM repository WHERE name = ?)
    AND name >= ? AND name < ? ORDER BY name`;
  return readNames(path, sql, [repository, prefix, prefix + LAST], parseTagName);
}

/** The first revisions of a repository by digest that begin with `prefix`. Throws as `readIndexFile` does. */
export function readRevisionDigests(path: string, repository: string, prefix: string): readonly string[] {
  const sql = `SELECT b.digest FROM revision r JOIN named_blob b ON b.id = r.blob_id
    WHERE r.repository_id = (SELECT id FROM repository WHERE name = ?) AND b.digest >= ? AND b.digest < ? ORDER BY b.digest`;
  return readNames(path, sql, [repository, prefix, prefix + LAST], parseDigest);
}

function readNames(
  path: string,
  sql: string,
  given: readonly string[],
  parse: (text: string) => string | undefined,
): readonly string[] {
  return readIndexFile(path, (database) => {
    const names: string[] = [];
    for (const text of database
      .prepare(sql)
      .pluck()
      .iterate(...given)) {
      const name = typeof text === 'string' ? parse(text) : undefined;
      if (name !== undefined) names.push(name);
      if (names.length === MOST_NAMES) break;
    }
    return names;
  });
}
