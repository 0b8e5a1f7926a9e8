/** The report as Markdown: what the table shows, for a pull request or a wiki. */
import { severitiesOf, type Problem } from '../shared/problem.ts';
import { PROBLEM_MEANINGS } from '../shared/problem-meanings.ts';
import { escapeMarkdown } from './escape.ts';
import {
  formatBytes,
  formatBytesOrUnknown,
  formatCount,
  formatDuration,
  formatPercent,
  formatQuantity,
  formatTime,
} from './format.ts';
import { drawMarkdownTable, joinBlocks, type MarkdownColumn } from './markdown.ts';
import { drawMarkdownComparison, drawMarkdownRetention } from './markdown-retention.ts';
import { drawMarkdownRank } from './markdown-rows.ts';
import type { Rank, Report } from './model.ts';
import { classify, countBySeverity, type ProblemClass } from './problem-classes.ts';
import { goingClasses, SWEEP_WORDS } from './reclaimable.ts';

/** The report; `worst`: the repositories to show, already ranked. */
export function renderReportMarkdown(report: Report, worst: Rank): string {
  const { comparison, retention, problems } = report;
  const head = [drawHead(report), ...report.notices.map(({ message }) => `> ${escapeMarkdown(message)}`)];
  const tags = retention === undefined ? [] : [drawMarkdownRetention(retention)];
  if (comparison !== undefined) return joinBlocks([...head, ...drawMarkdownComparison(comparison), ...tags]);
  return joinBlocks([
    ...head,
    drawThere(report),
    ...drawFreed(report),
    ...drawTarget(report),
    ...drawRules(report),
    ...drawHeld(report),
    ...(worst.repositories.length === 0 ? [] : ['### Worst repositories', ...drawMarkdownRank(worst)]),
    ...tags,
    ...drawMarkdownProblems(problems),
  ]);
}

function drawHead({ registry, mode, minAgeSeconds }: Report): string {
  const facts = `Scanned ${formatTime(registry.scannedAt)}, mode ${mode}, min-age ${formatDuration(minAgeSeconds)}.`;
  return `## Registry ${escapeMarkdown(registry.root)}\n\n${facts}`;
}

/** What it is, how many, bytes, bytes on disk. */
type AmountRow = readonly [string, number | null, (number | null)?, (number | null)?];

const AMOUNT_COLUMNS: readonly MarkdownColumn<AmountRow>[] = [
  { head: '', cell: ([name]) => name },
  { head: 'count', align: 'right', cell: ([, count]) => (count === null ? '' : formatCount(count)) },
  { head: 'bytes', align: 'right', cell: ([, , bytes]) => (bytes === undefined ? '' : formatBytesOrUnknown(bytes)) },
  { head: 'on disk', align: 'right', cell: ([, , , disk]) => (disk === undefined ? '' : formatBytesOrUnknown(disk)) },
];

function drawThere({ totals, referenced, unreferenced }: Report): string {
  const share = formatPercent(referenced.bytes, totals.bytes);
  const rows: readonly AmountRow[] = [
    ['repositories', totals.repositories],
    ['tags', totals.tags],
    ['revisions', totals.revisions],
    ['layer links', totals.layerLinks],
    ['uploads', totals.uploads],
    ['blobs', totals.blobs, totals.bytes, totals.diskBytes],
    [`referenced (${share})`, referenced.blobs, referenced.bytes, referenced.diskBytes],
    ['unreferenced', unreferenced.blobs, unreferenced.bytes, unreferenced.diskBytes],
  ];
  return `### What is there\n\n${drawMarkdownTable(AMOUNT_COLUMNS, rows)}`;
}

function drawFreed({ mode, reclaimable, ifUntagged }: Report): string[] {
  const { total } = reclaimable;
  const rows = goingClasses(reclaimable).map(({ name, count, size }): AmountRow => {
    return size === undefined ? [name, count] : [name, count, size.bytes, size.diskBytes];
  });
  const sums: readonly AmountRow[] = [
    ['**in all**', null, total.bytes, total.diskBytes],
    ...(mode === 'revisions'
      ? [['with --untagged', null, ifUntagged.total.bytes, ifUntagged.total.diskBytes] as const]
      : []),
  ];
  return [`### A ${SWEEP_WORDS[mode]} would free`, drawMarkdownTable(AMOUNT_COLUMNS, [...rows, ...sums])];
}

function drawTarget({ target }: Report): string[] {
  if (target === undefined) return [];
  const { diskBytes, freedDiskBytes, reached } = target;
  const wanted = `${formatBytes(diskBytes)} on disk are wanted, ${formatBytes(freedDiskBytes)} would go`;
  return [`${wanted}: the target is ${reached ? 'reached' : '**not reached**'}.`];
}

function drawRules({ policy }: Report): string[] {
  if (policy === undefined || policy.rules.length === 0) return [];
  const columns: readonly MarkdownColumn<(typeof policy.rules)[number]>[] = [
    { head: 'policy', cell: ({ policy: name }) => escapeMarkdown(name ?? '') },
    { head: 'rule', cell: ({ text }) => escapeMarkdown(text) },
    { head: 'tags', align: 'right', cell: ({ tags }) => formatCount(tags) },
    { head: 'images', align: 'right', cell: ({ images }) => formatCount(images) },
    { head: 'bytes', align: 'right', cell: ({ bytes }) => formatBytes(bytes) },
  ];
  return ['### What would go without a rule', drawMarkdownTable(columns, policy.rules)];
}

function drawHeld({ held, trash }: Report): string[] {
  const reasons = [
    ['excluded', held.excluded],
    ['damaged', held.damaged],
    ['young', held.young],
  ] as const;
  const rows = reasons
    .filter(([, { blobs }]) => blobs > 0)
    .map(([name, { blobs, bytes, diskBytes }]): AmountRow => [name, blobs, bytes, diskBytes]);
  const inTrash = `Trash: ${formatQuantity(trash.runs, 'run')}, ${formatBytes(trash.diskBytes)} on disk until purged.`;
  return [
    ...(rows.length === 0 ? [] : ['### Held back', drawMarkdownTable(AMOUNT_COLUMNS, rows)]),
    ...(trash.runs === 0 ? [] : [inTrash]),
  ];
}

const PROBLEM_COLUMNS: readonly MarkdownColumn<ProblemClass>[] = [
  { head: 'severity', cell: ({ severity }) => severity },
  { head: 'code', cell: ({ code }) => code },
  { head: 'count', align: 'right', cell: ({ count }) => formatCount(count) },
  { head: 'means', cell: ({ code }) => PROBLEM_MEANINGS[code].meaning },
  { head: 'first of them', cell: ({ example }) => escapeMarkdown(example.path) },
];

/** A row for each class of damage: errors first, then the most frequent. */
function drawMarkdownProblems(problems: readonly Problem[]): string[] {
  if (problems.length === 0) return ['### Damage', 'None found.'];
  return [
    '### Damage',
    `${countBySeverity(severitiesOf(problems))}.`,
    drawMarkdownTable(PROBLEM_COLUMNS, classify(problems)),
  ];
}
