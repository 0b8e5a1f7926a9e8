/** What was chosen to go: it stays while one goes from view to view, and when the page is loaded anew. */
import { createContext, type ComponentChildren } from 'preact';
import { useCallback, useContext, useEffect, useMemo, useState } from 'preact/hooks';

export type Chosen =
  | { readonly kind: 'repository'; readonly repository: string }
  | { readonly kind: 'tag'; readonly repository: string; readonly tag: string }
  | { readonly kind: 'revision'; readonly repository: string; readonly digest: string };

/** As `rm` takes it. */
export function referenceOf(chosen: Chosen): string {
  switch (chosen.kind) {
    case 'repository':
      return chosen.repository;
    case 'tag':
      return `${chosen.repository}:${chosen.tag}`;
    case 'revision':
      return `${chosen.repository}@${chosen.digest}`;
  }
}

/** All letters of legal names. */
const LEGAL = /^[a-z0-9._/-]+$/;

/**
 * Whether it may go, as far as its name tells: nothing is deleted in a repository whose name is none, and as a reference such a
 * name could mean other things (`**` all repositories, `app:1.0` a tag).
 */
export function canBeChosen({ repository }: Chosen): boolean {
  return LEGAL.test(repository);
}

interface Choice {
  /** In the order in which they were chosen. */
  readonly chosen: readonly Chosen[];
  readonly has: (one: Chosen) => boolean;
  /** Whether its whole repository goes. */
  readonly isCovered: (one: Chosen) => boolean;
  readonly set: (ones: readonly Chosen[], isChosen: boolean) => void;
  readonly clear: () => void;
}

const ChoiceContext = createContext<Choice>({
  chosen: [],
  has: () => false,
  isCovered: () => false,
  set: () => undefined,
  clear: () => undefined,
});

const KEPT_AS = 'regsweep.choice';

export function useChoice(): Choice {
  return useContext(ChoiceContext);
}

export function ChoiceProvider({ children }: { readonly children: ComponentChildren }) {
  const [chosen, setChosen] = useState(recalled);
  useEffect(() => sessionStorage.setItem(KEPT_AS, JSON.stringify(chosen)), [chosen]);
  const set = useCallback((ones: readonly Chosen[], isChosen: boolean) => {
    setChosen((before) => (isChosen ? withChosen(before, ones) : withoutChosen(before, ones)));
  }, []);
  const clear = useCallback(() => setChosen([]), []);
  const choice = useMemo(() => {
    const references = new Set(chosen.map(referenceOf));
    return {
      chosen,
      has: (one: Chosen) => references.has(referenceOf(one)),
      isCovered: (one: Chosen) => one.kind !== 'repository' && references.has(one.repository),
      set,
      clear,
    };
  }, [chosen, set, clear]);
  return <ChoiceContext.Provider value={choice}>{children}</ChoiceContext.Provider>;
}

/** Whoever chooses a whole repository has chosen what is in it. */
function withChosen(before: readonly Chosen[], ones: readonly Chosen[]): readonly Chosen[] {
  const whole = new Set(ones.filter(({ kind }) => kind === 'repository').map(({ repository }) => repository));
  const rest = before.filter(({ kind, repository }) => kind === 'repository' || !whole.has(repository));
  const known = new Set(rest.map(referenceOf));
  return [...rest, ...ones.filter((one) => canBeChosen(one) && !known.has(referenceOf(one)))];
}

function withoutChosen(before: readonly Chosen[], ones: readonly Chosen[]): readonly Chosen[] {
  const going = new Set(ones.map(referenceOf));
  return before.filter((one) => !going.has(referenceOf(one)));
}

function recalled(): readonly Chosen[] {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(KEPT_AS) ?? '[]');
    return Array.isArray(kept) ? kept.filter(isChosen) : [];
  } catch {
    return [];
  }
}

function isChosen(value: unknown): value is Chosen {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, repository, tag, digest } = value as Record<string, unknown>;
  if (typeof repository !== 'string') return false;
  return (
    kind === 'repository' ||
    (kind === 'tag' && typeof tag === 'string') ||
    (kind === 'revision' && typeof digest === 'string')
  );
}
