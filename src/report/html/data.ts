/** What a report's script is given: the value of the report, packed, as JSON that is safe in a page. */
import { escapeJsonDocument } from '../escape.ts';
import type { History } from '../model-history.ts';
import type { RankKey, Report, RepositoryRow } from '../model.ts';
import type { AgeBand, Overview } from '../model-serve.ts';
import type { VolumeNode } from '../model-tree.ts';

/** Rows as lists of values, in the order of `keys`: their names would be most of the file. */
export interface PackedRows {
  readonly keys: readonly (keyof RepositoryRow)[];
  readonly rows: readonly (readonly RepositoryRow[keyof RepositoryRow][])[];
}

export interface ReportData {
  readonly tree: VolumeNode;
  readonly ages: readonly AgeBand[];
  /** Without its comparison, which stands in the page. */
  readonly history: History | null;
  /** By what the repositories are ranked at first. */
  readonly by: RankKey;
  readonly repositories: PackedRows;
}

/** The id of the element that holds the data. */
export const DATA_ID = 'data';

export function reportData({ repositories }: Report, { tree, ages, history }: Overview, by: RankKey): ReportData {
  return {
    tree,
    ages,
    history: history === null ? null : { ...history, comparison: null },
    by,
    repositories: packRows(repositories),
  };
}

/** Only the columns of the page. */
const KEYS = [
  'name',
  'tags',
  'revisions',
  'untaggedRevisions',
  'orphanedLayers',
  'orphanedBytes',
  'references',
  'bytes',
  'exclusiveBytes',
  'sharedBytes',
  'reclaimableBytes',
  'growthBytes',
  'lastPushedAt',
] as const satisfies readonly (keyof RepositoryRow)[];

function packRows(rows: readonly RepositoryRow[]): PackedRows {
  return { keys: KEYS, rows: rows.map((row) => KEYS.map((key) => row[key])) };
}

/** The rows again; what the page does not show is not in them. */
export function unpackRows({ keys, rows }: PackedRows): readonly RepositoryRow[] {
  return rows.map((values) => Object.fromEntries(keys.map((key, at) => [key, values[at]])) as unknown as RepositoryRow);
}

/** A value as the text of a `script` element: nothing in it ends the element or begins another. */
export function embeddedJson(value: object): string {
  const characters: Readonly<Record<string, string>> = { '<': '\\u003c', '>': '\\u003e', '&': '\\u0026' };
  return escapeJsonDocument(JSON.stringify(value)).replace(/[<>&]/g, (one) => characters[one] ?? one);
}
