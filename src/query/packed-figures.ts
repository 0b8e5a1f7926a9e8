/** Reads back the figures that a scan left in its index, each part of them when it is asked for. */
import type { Lasting } from '../gc/lasting.ts';
import type { RepositoryRow } from '../report/model.ts';
import { AppError } from '../shared/errors.ts';
import type { LastingFigures, StandardFigures, StandardMode, VolumeSummary } from './standard-figures.ts';

/** A value under the name that it has in the index. */
export interface PackedValue {
  readonly name: string;
  readonly data: Uint8Array;
}

export const VALUES = {
  volume: 'figures.volume',
  problems: 'figures.problems',
  untaggedRevisions: 'figures.untagged-revisions',
  shared: 'figures.shared',
  figures: (mode: string) => `figures.${mode}`,
  rows: (mode: string) => `figures.${mode}.rows`,
} as const;

/** The names of all that `unpackFigures` reads. */
export const FIGURE_NAMES: readonly string[] = [
  VALUES.volume,
  VALUES.problems,
  VALUES.untaggedRevisions,
  ...['revisions', 'untagged'].flatMap((mode) => [VALUES.figures(mode), VALUES.rows(mode)]),
];

/** The names of what `ls` of a repository needs of them. */
export const LISTING_NAMES: readonly string[] = [VALUES.volume, VALUES.untaggedRevisions, VALUES.shared];

type PackedLasting = Readonly<Record<keyof Lasting, string>>;

/** Out of the values by name; `undefined` where there are none. What is read later may throw `index-foreign`. */
export function unpackFigures(values: ReadonlyMap<string, Uint8Array>): StandardFigures | undefined {
  if (!values.has(VALUES.volume) || !values.has(VALUES.untaggedRevisions)) return undefined;
  const read = (name: string): unknown => parse(name, values.get(name) ?? new Uint8Array());
  const volume = (): VolumeSummary => {
    const summary = read(VALUES.volume) as Omit<VolumeSummary, 'problems'>;
    return {
      ...summary,
      get problems() {
        return read(VALUES.problems) as VolumeSummary['problems'];
      },
    };
  };
  const mode = (name: StandardMode): LastingFigures => {
    const { lasting, ...figures } = read(VALUES.figures(name)) as Omit<LastingFigures, 'lasting' | 'repositories'> & {
      readonly lasting: PackedLasting;
    };
    return {
      ...figures,
      lasting: unpackLasting(lasting),
      get repositories() {
        return rowsOf(read(VALUES.rows(name)) as Columns);
      },
    };
  };
  const untaggedRevisions = values.get(VALUES.untaggedRevisions);
  const summary = volume();
  if (untaggedRevisions?.length !== summary.totals.revisions) throw damagedValue(VALUES.untaggedRevisions);
  return {
    volume: summary,
    untaggedRevisions,
    ...(values.has(VALUES.figures('revisions'))
      ? { modes: { revisions: mode('revisions'), untagged: mode('untagged') } }
      : {}),
  };
}

function parse(name: string, value: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(value).toString());
  } catch (cause) {
    throw damagedValue(name, cause);
  }
}

/** The failure that a value of an index is not what it should be. */
export function damagedValue(name: string, cause?: unknown): AppError {
  const message = `the index is damaged: ${name} cannot be read`;
  return new AppError('index-foreign', message, 'scan again with --full', { cause });
}

/** JSON has no infinite numbers. */
function unpackLasting({ youngFrom, youngUntil, uploadsGo, uploadsAbove, uploadsUpTo }: PackedLasting): Lasting {
  return {
    youngFrom: Number(youngFrom),
    youngUntil: Number(youngUntil),
    uploadsGo: uploadsGo === 'true',
    uploadsAbove: Number(uploadsAbove),
    uploadsUpTo: Number(uploadsUpTo),
  };
}

type Columns = Readonly<{ [Key in keyof RepositoryRow]: readonly RepositoryRow[Key][] }>;

function rowsOf(columns: Partial<Columns>): readonly RepositoryRow[] {
  const entries = Object.entries(columns);
  return (columns.name ?? []).map((_, row) => {
    const made: Record<string, unknown> = {};
    for (const [key, values] of entries) made[key] = values[row];
    return made as unknown as RepositoryRow;
  });
}
