/** What the words of a condition are of a report. Apparent bytes where it does not say otherwise. */
import type { Figures } from '../gate/condition.ts';
import type { FigureWord, GateWord } from '../gate/words.ts';
import type { Report, RepositoryRow } from '../report/model.ts';
import { severitiesOf } from '../shared/problem.ts';

const OF_TRASH = { trash: null, 'trash-disk': null, 'trash-runs': null } as const;

/** The figures of a report, made once. `knowsTrash`: what earlier sweeps left could be looked at; else a report counts nothing. */
export function gateFigures(report: Report, knowsTrash = true): Figures {
  const figures = { ...figuresOf(report), ...(knowsTrash ? {} : OF_TRASH) };
  const isFigure = (word: GateWord): word is FigureWord => Object.hasOwn(figures, word);
  return {
    of: (word) => (isFigure(word) ? figures[word] : report.problems.filter(({ code }) => code === word).length),
    storedBytes: report.totals.bytes,
  };
}

function figuresOf(report: Report): Readonly<Record<FigureWord, number | null>> {
  const { totals, referenced, unreferenced, reclaimable, held, trash, ifUntagged, repositories } = report;
  const { errors, warnings } = severitiesOf(report.problems);
  const sum = (of: (row: RepositoryRow) => number): number => repositories.reduce((total, row) => total + of(row), 0);
  return {
    stored: totals.bytes,
    referenced: referenced.bytes,
    unreferenced: unreferenced.bytes,
    reclaimable: reclaimable.total.bytes,
    // As in the tree: each blob counts once, and one that another repository needs is no waste.
    orphaned: reclaimable.blobs.bytes,
    'if-untagged': ifUntagged.total.bytes,
    'stale-uploads': reclaimable.uploads.bytes,
    held: held.excluded.bytes + held.damaged.bytes + held.young.bytes,
    'held-excluded': held.excluded.bytes,
    'held-damaged': held.damaged.bytes,
    'held-young': held.young.bytes,
    trash: trash.bytes,
    'reclaimable-disk': reclaimable.total.diskBytes,
    'if-untagged-disk': ifUntagged.total.diskBytes,
    'trash-disk': trash.diskBytes,
    damage: errors,
    warnings,
    incomplete: report.complete ? 0 : 1,
    repositories: totals.repositories,
    tags: totals.tags,
    revisions: totals.revisions,
    'untagged-revisions': sum(({ untaggedRevisions }) => untaggedRevisions),
    'orphaned-layers': sum(({ orphanedLayers }) => orphanedLayers),
    manifests: totals.manifests,
    blobs: totals.blobs,
    uploads: totals.uploads,
    'trash-runs': trash.runs,
    'scan-age': Math.max(0, Date.parse(report.generatedAt) - Date.parse(report.registry.scannedAt)) / 1000,
  };
}
