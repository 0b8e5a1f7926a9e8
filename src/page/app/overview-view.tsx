/** The whole at a glance: what there is, what could go, where it lies, how it grows. */
import type { ComponentChildren } from 'preact';
import { useCallback } from 'preact/hooks';
import { formatBytes, formatBytesOrUnknown, formatCount, formatDuration, formatQuantity } from '../../report/format.ts';
import type { Overview } from '../../report/model-serve.ts';
import { severitiesOf } from '../../shared/problem.ts';
import { Chart } from '../chart.tsx';
import { agesOption } from '../charts/ages.ts';
import { growthOption } from '../charts/growth.ts';
import type { Palette } from '../charts/palette.ts';
import { rankedHeight, rankedOption } from '../charts/ranked.ts';
import { ALL_REPOSITORIES } from './address.ts';
import { useAnswer } from './answer.ts';
import { Name } from './name.tsx';
import { Link } from './navigation.tsx';
import { Shown } from './shown.tsx';
import { VolumeMap } from './volume-map.tsx';

const CHART_HEIGHT = 300;
const RANKED = '15';

export function OverviewView({ at }: { readonly at: string }) {
  const answer = useAnswer('/api/overview', {});
  return (
    <Shown answer={answer}>
      {(overview) => (
        <>
          <Notices overview={overview} />
          <Figures overview={overview} />
          <VolumeMap tree={overview.tree} at={at} />
          <Ranked />
          <Growth overview={overview} />
          <Ages overview={overview} />
        </>
      )}
    </Shown>
  );
}

function Notices({ overview: { report } }: { readonly overview: Overview }) {
  return (
    <>
      {report.notices.map(({ code, message }) => (
        <p key={code} class="notice">
          <Name text={message} />
        </p>
      ))}
    </>
  );
}

function Figures({ overview: { report } }: { readonly overview: Overview }) {
  const { totals, reclaimable, ifUntagged, held, trash, problems, minAgeSeconds } = report;
  const { errors, warnings } = severitiesOf(problems);
  return (
    <dl class="figures">
      <Figure name="On the volume" value={formatBytes(totals.bytes)}>
        {formatCount(totals.blobs)} blobs, {formatQuantity(totals.repositories, 'repository', 'repositories')},{' '}
        {formatQuantity(totals.tags, 'tag')}
      </Figure>
      <Figure name="A sweep frees" value={formatBytesOrUnknown(reclaimable.total.diskBytes)}>
        <Link to={{ view: 'policy' }}>how, and what goes</Link>
      </Figure>
      <Figure name="With --untagged" value={formatBytesOrUnknown(ifUntagged.total.diskBytes)}>
        what no tag reaches, too
      </Figure>
      <Figure name="Too young to go" value={formatBytes(held.young.bytes)}>
        not older than {formatDuration(minAgeSeconds)}
      </Figure>
      <Figure name="In the trash" value={formatBytes(trash.diskBytes)}>
        <Link to={{ view: 'runs' }}>{formatQuantity(trash.runs, 'run')}</Link>
      </Figure>
      <Figure name="Damage" value={problems.length === 0 ? 'none' : formatCount(problems.length)}>
        {problems.length > 0 && (
          <Link to={{ view: 'damage' }}>
            {formatQuantity(errors, 'error')}, {formatQuantity(warnings, 'warning')}
          </Link>
        )}
      </Figure>
    </dl>
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
      <dd>
        <div class="value">{value}</div>
        <div class="beside">{children}</div>
      </dd>
    </div>
  );
}

function Ranked() {
  const answer = useAnswer('/api/repositories', { by: 'size', descending: 'true', offset: '0', limit: RANKED });
  const rows = answer.value?.rows;
  const option = useCallback((palette: Palette, width: number) => rankedOption(rows ?? [], palette, width), [rows]);
  return (
    <section>
      <h2>The largest repositories</h2>
      <Shown answer={answer}>
        {({ rows: shown }) => (
          <Chart
            option={option}
            height={rankedHeight(shown.length)}
            label={`Bars of the ${shown.length} largest repositories: what each alone keeps, shares, and would give back.`}
          />
        )}
      </Shown>
      <p>
        <Link to={{ ...ALL_REPOSITORIES, by: 'size' }}>All repositories, as a table</Link>
      </p>
    </section>
  );
}

function Growth({ overview: { history } }: { readonly overview: Overview }) {
  const option = useCallback((palette: Palette) => (history === null ? {} : growthOption(history, palette)), [history]);
  if (history === null || history.scans.length < 2) return null;
  const { forecast } = history;
  return (
    <section>
      <h2>Growth</h2>
      {forecast !== null && (
        <p>
          {formatBytes(forecast.bytesPerDay)} a day over {formatQuantity(forecast.scans, 'scan')}
          {forecast.daysUntilFull !== null &&
            `: full in about ${formatQuantity(Math.round(forecast.daysUntilFull), 'day')}`}
          .
        </p>
      )}
      <Chart option={option} height={CHART_HEIGHT} label="Bytes on the volume from scan to scan." />
    </section>
  );
}

function Ages({ overview: { ages } }: { readonly overview: Overview }) {
  const option = useCallback((palette: Palette) => agesOption(ages, palette), [ages]);
  return (
    <section>
      <h2>Age of images</h2>
      <Chart
        option={option}
        height={CHART_HEIGHT}
        label={`Tags by when they were last pushed: ${ages.map(({ label, tags, bytes }) => `${label}, ${formatQuantity(tags, 'tag')}, ${formatBytes(bytes)}`).join('; ')}.`}
      />
    </section>
  );
}
