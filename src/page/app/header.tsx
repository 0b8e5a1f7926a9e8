/** At the head of every view: which registry this is, how old what is shown is, and the ways from here. */
import { useRef } from 'preact/hooks';
import { formatTime } from '../../report/format.ts';
import { ALL_REPOSITORIES, WHOLE_VOLUME, type View } from './address.ts';
import { JobProgress } from './job-progress.tsx';
import { useActivity, useConnectionFailure, useServed } from './live.tsx';
import { Name } from './name.tsx';
import { Link, useNavigation } from './navigation.tsx';
import { ScanAgain } from './scan-again.tsx';
import { SearchBox } from './search-box.tsx';

const PLACES: readonly { readonly to: View; readonly text: string }[] = [
  { to: WHOLE_VOLUME, text: 'Overview' },
  { to: ALL_REPOSITORIES, text: 'Repositories' },
  { to: { view: 'damage' }, text: 'Damage' },
  { to: { view: 'policy' }, text: 'Policy' },
  { to: { view: 'runs' }, text: 'Runs' },
];

export function Header() {
  const { view } = useNavigation();
  const served = useServed();
  return (
    <header class="app-header">
      <div class="app-bar">
        <p class="app-registry">
          <strong>regsweep</strong>
          {served !== undefined && <Name text={served.root} />}
          {served !== undefined && (
            <span class="faint">
              {served.scannedAt === null ? (
                'not scanned yet'
              ) : (
                <>
                  scanned <time dateTime={served.scannedAt}>{formatTime(served.scannedAt)}</time>
                </>
              )}
            </span>
          )}
        </p>
        <SearchBox />
        <ScanAgain />
      </div>
      <nav aria-label="Views" class="app-views">
        {PLACES.map(({ to, text }) => (
          <Link key={text} to={to} isCurrent={to.view === sectionOf(view)}>
            {text}
          </Link>
        ))}
      </nav>
      <Connection />
      <NewestJob />
    </header>
  );
}

/** Below which of the places a view lies. */
function sectionOf({ view }: View): View['view'] {
  return view === 'repository' || view === 'manifest' ? 'repositories' : view;
}

function Connection() {
  const { isConnected } = useActivity();
  const failure = useConnectionFailure();
  return (
    <div role="status">
      {!isConnected && failure !== undefined && (
        <p class="notice">
          <strong>Not connected:</strong> {failure.message}
          {failure.hint !== null && `; ${failure.hint}`}
        </p>
      )}
    </div>
  );
}

/** What runs, or ended while this page looked. */
function NewestJob() {
  const { jobs } = useActivity();
  const seenRunning = useRef<number | undefined>(undefined);
  const newest = jobs.at(-1);
  if (newest?.state === 'running') seenRunning.current = newest.id;
  if (newest === undefined || newest.id !== seenRunning.current) return null;
  return <JobProgress job={newest} />;
}
