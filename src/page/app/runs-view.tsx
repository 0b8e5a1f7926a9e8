/** The sweeps that were carried out, and the way back. */
import { useState } from 'preact/hooks';
import { formatCount, formatTime } from '../../report/format.ts';
import type { RunsAnswer } from '../../report/model-serve.ts';
import { useAnswer } from './answer.ts';
import { useServed } from './live.tsx';
import { Bytes } from './name.tsx';
import { RestoreDialog } from './restore-dialog.tsx';
import { Shown } from './shown.tsx';
import { Table, type Column } from './table.tsx';

type Run = RunsAnswer['runs'][number];

const STATES: Readonly<Record<Run['state'], string>> = {
  trash: 'in the trash',
  purged: 'purged: its space is free',
  restored: 'restored',
  partial: 'in part',
};

export function RunsView() {
  const answer = useAnswer('/api/runs', {});
  const [restoring, setRestoring] = useState<string>();
  return (
    <>
      <Shown answer={answer}>{({ runs }) => <Runs runs={runs} onRestore={setRestoring} />}</Shown>
      {restoring !== undefined && <RestoreDialog run={restoring} onClose={() => setRestoring(undefined)} />}
    </>
  );
}

interface RunsProps {
  readonly runs: readonly Run[];
  readonly onRestore: (run: string) => void;
}

function Runs({ runs, onRestore }: RunsProps) {
  const served = useServed();
  const columns: readonly Column<Run>[] = [
    { head: 'Run', cell: ({ run }) => <code>{run}</code> },
    { head: 'Began', cell: ({ startedAt }) => formatTime(startedAt) },
    { head: 'Ended', cell: ({ endedAt }) => (endedAt === null ? 'was cut off' : formatTime(endedAt)) },
    { head: 'Mode', cell: ({ mode }) => mode ?? '–' },
    { head: 'Deletions', isNumber: true, cell: ({ actions }) => formatCount(actions) },
    { head: 'On disk', isNumber: true, cell: ({ diskBytes }) => <Bytes bytes={diskBytes} /> },
    { head: 'Now', cell: ({ state }) => STATES[state] },
    {
      head: 'Way back',
      cell: ({ run, state }) =>
        served?.maySweep === true && (state === 'trash' || state === 'partial') ? (
          <button type="button" class="button" aria-label={`Restore run ${run}…`} onClick={() => onRestore(run)}>
            Restore…
          </button>
        ) : (
          '–'
        ),
    },
  ];
  return (
    <>
      <Table
        caption="What was carried out on this registry, the newest first."
        columns={columns}
        rows={runs.toReversed()}
        keyOf={({ run }) => run}
        none="Nothing has been carried out here yet."
      />
      {served?.maySweep === false && (
        <p class="faint">
          Nothing can be restored from this page{served.sweepRefusal === null ? '.' : `: ${served.sweepRefusal}`}
        </p>
      )}
    </>
  );
}
