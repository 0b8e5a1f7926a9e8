/** Going from view to view without loading the page anew; links stay links, to open in another tab or to share. */
import { createContext, type ComponentChildren } from 'preact';
import { useCallback, useContext, useEffect, useMemo, useState } from 'preact/hooks';
import { addressOf, placeOf, viewOf, WHOLE_VOLUME, type View } from './address.ts';

interface Navigation {
  readonly view: View;
  readonly go: (view: View, how?: 'replace') => void;
}

const Current = createContext<Navigation>({ view: WHOLE_VOLUME, go: () => undefined });

export function useNavigation(): Navigation {
  return useContext(Current);
}

export function NavigationProvider({ children }: { readonly children: ComponentChildren }) {
  const [query, setQuery] = useState(location.search);
  useEffect(() => {
    const follow = (): void => setQuery(location.search);
    addEventListener('popstate', follow);
    return () => removeEventListener('popstate', follow);
  }, []);
  const go = useCallback((to: View, how?: 'replace') => {
    const address = addressOf(to);
    if (how === 'replace') history.replaceState(null, '', address);
    else {
      const isElsewhere = placeOf(viewOf(location.search)) !== placeOf(to);
      history.pushState(null, '', address);
      if (isElsewhere) scrollTo(0, 0);
    }
    setQuery(address);
  }, []);
  const navigation = useMemo(() => ({ view: viewOf(query), go }), [query, go]);
  return <Current.Provider value={navigation}>{children}</Current.Provider>;
}

interface LinkProps {
  readonly to: View;
  readonly children: ComponentChildren;
  readonly class?: string;
  /** Whether this is where we are. */
  readonly isCurrent?: boolean;
}

export function Link({ to, children, class: className, isCurrent = false }: LinkProps) {
  const { go } = useNavigation();
  const follow = (event: MouseEvent): void => {
    // Another tab, another window, a download: that is for the browser.
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(to);
  };
  return (
    <a href={addressOf(to)} onClick={follow} class={className} aria-current={isCurrent ? 'page' : undefined}>
      {children}
    </a>
  );
}
