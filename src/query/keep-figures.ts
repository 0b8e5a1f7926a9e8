/** Makes and packs what a scan leaves in its index for whoever asks without one. */
import type { Lasting } from '../gc/lasting.ts';
import { REFERENCED } from '../gc/mark.ts';
import { lastingOf } from '../gc/measure-lasting.ts';
import { planIn } from '../gc/plan-in.ts';
import { momentOf } from '../gc/thresholds.ts';
import type { Plan } from '../gc/plan.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { RepositoryRow } from '../report/model.ts';
import { severitiesOf } from '../shared/problem.ts';
import { modeFigures, volumeFigures } from './report.ts';
import { VALUES, type PackedValue } from './packed-figures.ts';
import type { LastingFigures, StandardFigures, StandardMode } from './standard-figures.ts';
import type { MarkedIndex, ViewOptions } from './view.ts';

/**
 * The figures of an index that was just made. `isWhole`: anything may go in any repository (no `--repo`). What `index` says of
 * policies and targets is left out: these are the standard modes.
 */
export function standardFigures(
  index: MarkedIndex,
  options: Omit<ViewOptions, 'mode'>,
  isWhole: boolean,
): StandardFigures {
  const { inventory, graph, revisions, untagged, youngSince } = index.analysis;
  const standard = { ...index, analysis: { inventory, graph, revisions, untagged, youngSince } };
  const volume = volumeFigures(standard.analysis);
  const summary = { ...volume, damage: severitiesOf(volume.problems) };
  const untaggedRevisions = untagged.marking.revision.map((level) => (level === REFERENCED ? 0 : 1));
  if (!isWhole) return { volume: summary, untaggedRevisions };
  const inMode = (mode: StandardMode): LastingFigures => {
    const plan = planIn(standard.analysis, mode, options);
    return {
      ...modeFigures(standard, plan, { ...options, mode }),
      lasting: lastingOf(inventory, standard.analysis[mode].marking, momentOf(youngSince, options)),
      uploadBytes: uploadBytesOf(inventory, plan),
    };
  };
  return {
    volume: summary,
    untaggedRevisions,
    modes: { revisions: inMode('revisions'), untagged: inMode('untagged') },
  };
}

function uploadBytesOf({ uploads, repositories }: Inventory, plan: Plan): LastingFigures['uploadBytes'] {
  const bytes = new Map<string, number>();
  for (const index of plan.uploads) {
    const upload = uploads[index];
    if (upload === undefined) continue;
    const name = repositories[upload.repository]?.name ?? '';
    bytes.set(name, (bytes.get(name) ?? 0) + upload.bytes);
  }
  return [...bytes];
}

/** As they go into an index: `unpackFigures` reads them back. */
export function packFigures({
  volume: { problems, ...volume },
  untaggedRevisions,
  modes,
}: StandardFigures): readonly PackedValue[] {
  const values = [
    { name: VALUES.untaggedRevisions, data: untaggedRevisions },
    pack(VALUES.volume, volume),
    pack(VALUES.problems, problems),
    ...Object.entries(modes ?? {}).flatMap(([mode, { repositories, lasting, ...figures }]) => [
      pack(VALUES.figures(mode), { ...figures, lasting: packLasting(lasting) }),
      pack(VALUES.rows(mode), columnsOf(repositories)),
    ]),
  ];
  return values;
}

/** JSON has no infinite numbers. */
function packLasting(lasting: Lasting): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(lasting).map(([name, value]) => [name, String(value)]));
}

function pack(name: string, value: unknown): PackedValue {
  return { name, data: Buffer.from(JSON.stringify(value)) };
}

/** By column: a name is written once, not once a row. */
function columnsOf(rows: readonly RepositoryRow[]): Readonly<Record<string, readonly unknown[]>> {
  const [first] = rows;
  const keys = first === undefined ? [] : (Object.keys(first) as (keyof RepositoryRow)[]);
  return Object.fromEntries(keys.map((key) => [key, rows.map((row) => row[key])]));
}
