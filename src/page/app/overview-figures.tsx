/** The few numbers that somebody opens the page for. */
import type { ComponentChildren } from 'preact';
import { formatBytes, formatCount, formatDuration, formatPercent, formatQuantity } from '../../report/format.ts';
import type { Freed } from '../../report/model.ts';
import type { Overview } from '../../report/model-serve.ts';
import { useAnswer } from './answer.ts';
import { Link } from './navigation.tsx';

export function OverviewFigures({ report, history }: Pick<Overview, 'report' | 'history'>) {
  const { totals, referenced, reclaimable, ifUntagged, held, trash, minAgeSeconds } = report;
  const daysUntilFull = history?.forecast?.daysUntilFull ?? null;
  return (
    <dl class="figures">
      <Figure name="in all" value={formatBytes(totals.bytes)}>
        {formatQuantity(totals.blobs, 'blob')} of {formatQuantity(totals.repositories, 'repository', 'repositories')}
      </Figure>
      <Figure name="a sweep would free" value={freedBytes(reclaimable.total)}>
        {onWhat(reclaimable.total)}: <Link to={{ view: 'policy' }}>what, and how</Link>
      </Figure>
      <Figure name="with --untagged" value={freedBytes(ifUntagged.total)}>
        {onWhat(ifUntagged.total)}
      </Figure>
      <Figure name="referenced" value={formatBytes(referenced.bytes)}>
        {formatPercent(referenced.bytes, totals.bytes)} of all, {formatQuantity(totals.tags, 'tag')}
      </Figure>
      {held.young.blobs > 0 && (
        <Figure name="too young to go" value={formatBytes(held.young.bytes)}>
          not older than {formatDuration(minAgeSeconds)}
        </Figure>
      )}
      {trash.runs > 0 && (
        <Figure name="in the trash" value={formatBytes(trash.diskBytes)}>
          on disk, of <Link to={{ view: 'runs' }}>{formatQuantity(trash.runs, 'run')}</Link>
        </Figure>
      )}
      {daysUntilFull !== null && (
        <Figure name="full in" value={formatQuantity(Math.round(daysUntilFull), 'day')}>
          at the rate of the scans that are kept
        </Figure>
      )}
      <Damage />
    </dl>
  );
}

function freedBytes({ diskBytes, bytes }: Freed): string {
  return formatBytes(diskBytes ?? bytes);
}

function onWhat({ diskBytes }: Freed): string {
  return diskBytes === null ? 'of content' : 'on disk';
}

function Damage() {
  const { value } = useAnswer('/api/problems', { offset: '0', limit: '1' });
  if (value === undefined) return null;
  return (
    <Figure name="damage" value={value.total === 0 ? 'none found' : formatCount(value.total)}>
      {value.total === 0 ? 'of what a scan sees' : <Link to={{ view: 'damage' }}>what, and what to do</Link>}
    </Figure>
  );
}

interface FigureProps {
  readonly name: string;
  readonly value: string;
  readonly children: ComponentChildren;
}

function Figure({ name, value, children }: FigureProps) {
  return (
    <div>
      <dt>{name}</dt>
      <dd class="value">{value}</dd>
      <dd class="beside">{children}</dd>
    </div>
  );
}
