/** The frame of every view: header, heading, what was asked for, and what is chosen. */
import type { ComponentChildren } from 'preact';
import { useEffect, useErrorBoundary, useRef } from 'preact/hooks';
import { headingOf, placeOf, type View } from './address.ts';
import { failureOf } from './api.ts';
import { DamageView } from './damage-view.tsx';
import { Header } from './header.tsx';
import { useServed } from './live.tsx';
import { ManifestView } from './manifest-view.tsx';
import { Name } from './name.tsx';
import { useNavigation } from './navigation.tsx';
import { OverviewView } from './overview-view.tsx';
import { PolicyView } from './policy-view.tsx';
import { RepositoriesTable } from './repositories-view.tsx';
import { RepositoryView } from './repository-view.tsx';
import { RunsView } from './runs-view.tsx';
import { SearchView } from './search-view.tsx';
import { FailureNote } from './shown.tsx';
import { Tray } from './tray.tsx';
import { WhyView } from './why-view.tsx';

export function Shell() {
  const { view } = useNavigation();
  const heading = headingOf(view);
  const place = placeOf(view);
  const title = useRef<HTMLHeadingElement>(null);
  const isFirst = useRef(true);
  useEffect(() => {
    document.title = `${heading} · regsweep`;
    // Whoever reads by ear, or moves by keyboard, is where the new view begins.
    if (!isFirst.current) title.current?.focus({ preventScroll: true });
    isFirst.current = false;
  }, [place]);
  return (
    <>
      <a
        class="app-to-content"
        href="#content"
        onClick={(event) => {
          event.preventDefault();
          title.current?.focus();
        }}
      >
        To the content
      </a>
      <Header />
      <main id="content">
        <h1 ref={title} tabIndex={-1}>
          <Name text={heading} />
        </h1>
        <Guarded key={place}>
          <Indexed>
            <Content view={view} />
          </Indexed>
        </Guarded>
      </main>
      <Tray />
    </>
  );
}

/** What goes wrong in a view leaves the rest of the page where it is. */
function Guarded({ children }: { readonly children: ComponentChildren }) {
  const [error] = useErrorBoundary() as [unknown, () => void];
  return error === undefined ? <>{children}</> : <FailureNote failure={failureOf(error)} />;
}

/** Before the first scan has ended there is nothing to show. */
function Indexed({ children }: { readonly children: ComponentChildren }) {
  const served = useServed();
  if (served === undefined) return <p class="app-waiting">Asking…</p>;
  if (served.scannedAt === null) return <p>This registry has not been scanned yet. What is found will stand here.</p>;
  return <>{children}</>;
}

function Content({ view }: { readonly view: View }) {
  switch (view.view) {
    case 'overview':
      return <OverviewView at={view.at} />;
    case 'repositories':
      return <RepositoriesTable view={view} />;
    case 'repository':
      return <RepositoryView name={view.name} />;
    case 'manifest':
      return <ManifestView repository={view.repository} reference={view.reference} />;
    case 'why':
      return <WhyView reference={view.reference} />;
    case 'search':
      return <SearchView query={view.query} />;
    case 'damage':
      return <DamageView />;
    case 'policy':
      return <PolicyView />;
    case 'runs':
      return <RunsView />;
  }
}
