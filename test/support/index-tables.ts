import Database from 'better-sqlite3';

/** Every table of an index, row by row; the time of the scan is left out. */
export function tablesOf(path: string): Readonly<Record<string, readonly unknown[]>> {
  const database = new Database(path, { readonly: true });
  try {
    const names = database.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all();
    return Object.fromEntries(
      names.map((name) => {
        const columns = name === 'scan' ? 'id, repositories, tags, revisions, blobs, bytes, referenced_bytes' : '*';
        const rows = database.prepare<[]>(`SELECT ${columns} FROM "${name}"`).raw().all();
        return [name, rows.filter((row) => !tellsTime(row))];
      }),
    );
  } finally {
    database.close();
  }
}

/** A row of `meta`, what `packed_column` holds of the same, and what there is compared with the scan before. */
const TELLING = /^(?:scannedAt|rest|figures\..*)$/;

function tellsTime(row: unknown): boolean {
  return Array.isArray(row) && TELLING.test(String(row[0]));
}
