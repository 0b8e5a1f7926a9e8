/** The top of the report: of what, when, and the few numbers that somebody opens it for. */
import { formatBytes, formatCount, formatDuration, formatPercent, formatQuantity, formatTime } from '../format.ts';
import type { Freed, Report } from '../model.ts';
import type { Overview } from '../model-serve.ts';
import { severitiesOf } from '../../shared/problem.ts';
import { SWEEP_WORDS } from '../reclaimable.ts';
import { shown } from './text.tsx';

export function Head({ report }: { readonly report: Report }) {
  return (
    <header>
      <p class="faint">Registry</p>
      <h1>{shown(report.registry.root)}</h1>
      <p class="faint">
        scanned {formatTime(report.registry.scannedAt)} · mode {report.mode} · min-age{' '}
        {formatDuration(report.minAgeSeconds)}
      </p>
      {report.notices.map(({ message }) => (
        <p class="notice grave">{shown(message)}</p>
      ))}
    </header>
  );
}

interface KeyFigure {
  readonly name: string;
  readonly value: string;
  readonly beside: string;
}

export function KeyFigures({ report, overview }: { readonly report: Report; readonly overview: Overview }) {
  return (
    <dl class="figures">
      {keyFigures(report, overview).map(({ name, value, beside }) => (
        <div>
          <dt>{name}</dt>
          <dd class="value">{value}</dd>
          <dd class="beside">{beside}</dd>
        </div>
      ))}
    </dl>
  );
}

function keyFigures(report: Report, { history }: Overview): readonly KeyFigure[] {
  const { totals, referenced, reclaimable, ifUntagged } = report;
  const { errors, warnings } = severitiesOf(report.problems);
  const daysUntilFull = history?.forecast?.daysUntilFull ?? null;
  return [
    {
      name: 'in all',
      value: formatBytes(totals.bytes),
      beside: `${formatQuantity(totals.blobs, 'blob')} of ${formatQuantity(totals.repositories, 'repository', 'repositories')}`,
    },
    {
      name: `a ${SWEEP_WORDS[report.mode]} would free`,
      value: formatBytes(reclaimable.total.bytes),
      beside: `${onDisk(reclaimable.total)}${formatQuantity(reclaimable.total.inodes, 'file or folder', 'files and folders')}`,
    },
    ...(report.mode === 'revisions'
      ? [
          {
            name: 'with --untagged',
            value: formatBytes(ifUntagged.total.bytes),
            beside: `${onDisk(ifUntagged.total)}what revisions without a tag keep, too`,
          },
        ]
      : []),
    {
      name: 'referenced',
      value: formatBytes(referenced.bytes),
      beside: `${formatPercent(referenced.bytes, totals.bytes)} of all, ${formatQuantity(totals.tags, 'tag')}`,
    },
    ...(daysUntilFull === null
      ? []
      : [
          {
            name: 'full in',
            value: formatQuantity(Math.round(daysUntilFull), 'day'),
            beside: 'at the rate of the scans that are kept',
          },
        ]),
    {
      name: 'damage',
      value: errors + warnings === 0 ? 'none found' : formatQuantity(errors, 'error'),
      beside:
        errors + warnings === 0
          ? 'of what a scan sees'
          : formatCount(warnings) + (warnings === 1 ? ' warning' : ' warnings'),
    },
  ];
}

function onDisk({ diskBytes }: Freed): string {
  return diskBytes === null ? '' : `${formatBytes(diskBytes)} on disk, `;
}
