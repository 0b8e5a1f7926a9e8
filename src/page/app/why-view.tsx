import { useState } from 'preact/hooks';
import { useNavigation } from './navigation.tsx';
import { WhyKept } from './why.tsx';

/** Why a digest, a tag or a revision is here; asked for by its name. */
export function WhyView({ reference }: { readonly reference: string }) {
  const { go } = useNavigation();
  const [text, setText] = useState(reference);
  const ask = (event: Event): void => {
    event.preventDefault();
    if (text.trim() !== '') go({ view: 'why', reference: text.trim() });
  };
  return (
    <>
      <form class="controls" onSubmit={ask}>
        <label for="why">A digest, REPO:TAG or REPO@DIGEST</label>
        <input
          id="why"
          type="text"
          value={text}
          autocomplete="off"
          spellcheck={false}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <button type="submit" class="button">
          Ask
        </button>
      </form>
      {reference !== '' && <WhyKept reference={reference} />}
    </>
  );
}
