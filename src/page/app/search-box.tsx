import { useEffect, useState } from 'preact/hooks';
import { useNavigation } from './navigation.tsx';

/** Names, tags and digests, from every view. */
export function SearchBox() {
  const { view, go } = useNavigation();
  const shown = view.view === 'search' ? view.query : '';
  const [text, setText] = useState(shown);
  useEffect(() => setText(shown), [shown]);
  const search = (event: Event): void => {
    event.preventDefault();
    if (text.trim() !== '') go({ view: 'search', query: text.trim() });
  };
  return (
    <form role="search" class="app-search" onSubmit={search}>
      <label for="search" class="unseen">
        Search by name, tag or digest
      </label>
      <input
        id="search"
        type="search"
        placeholder="name, tag or digest"
        value={text}
        autocomplete="off"
        spellcheck={false}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <button type="submit" class="button">
        Search
      </button>
    </form>
  );
}
