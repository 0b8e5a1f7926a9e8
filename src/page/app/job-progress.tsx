/** How far a job is, or how it ended. */
import { formatBytes, formatCount } from '../../report/format.ts';
import type { Job } from '../../report/model-serve.ts';

const NAMES: Readonly<Record<Job['kind'], string>> = { scan: 'Scan', sweep: 'Sweep', restore: 'Restore' };

export function JobProgress({ job }: { readonly job: Job }) {
  return (
    <div class="app-job">
      {/* Numbers move many times a second: what is read aloud is the stage alone, and the end. */}
      <p role="status">{headline(job)}</p>
      {job.state === 'running' && <Bar job={job} />}
      {job.state !== 'running' && job.messages !== '' && (
        <details open={job.state === 'failed'}>
          <summary>What it said</summary>
          <pre tabIndex={0}>{job.messages}</pre>
        </details>
      )}
    </div>
  );
}

function headline({ kind, state, stage, status, freedBytes, run }: Job): string {
  const name = NAMES[kind];
  if (state === 'running') return stage === '' ? `${name} begins…` : `${name}: ${stage}`;
  if (state === 'failed') return `${name} failed${status === null ? '' : ` with exit status ${status}`}.`;
  const freed = freedBytes === null ? '' : ` ${formatBytes(freedBytes)} of content went.`;
  return `${name} done.${freed}${run === null ? '' : ` Run ${run}.`}`;
}

function Bar({ job }: { readonly job: Job }) {
  const { kind, done, total, unit } = job;
  const count = unit === 'bytes' ? formatBytes : formatCount;
  const words = total === null ? `${count(done)} ${unit}` : `${count(done)} of ${count(total)} ${unit}`;
  return (
    <div class="app-progress">
      {total === null || total === 0 ? (
        <progress aria-label={NAMES[kind]} />
      ) : (
        <progress aria-label={NAMES[kind]} value={Math.min(done, total)} max={total} aria-valuetext={words} />
      )}
      <span class="faint">{unit === '' ? '' : unit === 'bytes' ? words.replace(/ bytes$/, '') : words}</span>
    </div>
  );
}
