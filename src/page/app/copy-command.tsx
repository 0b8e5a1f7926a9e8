import { useEffect, useRef, useState } from 'preact/hooks';

interface CopyCommandProps {
  readonly command: string;
  /** What it does, where several stand on a page. */
  readonly about?: string;
}

/** Puts a command into the clipboard; where the browser refuses that, shows it, chosen, to be copied by hand. */
export function CopyCommand({ command, about }: CopyCommandProps) {
  const [state, setState] = useState<'idle' | 'copied' | 'by-hand'>('idle');
  useEffect(() => setState('idle'), [command]);
  const copy = (): void => {
    copyText(command).then(
      () => setState('copied'),
      () => setState('by-hand'),
    );
  };
  return (
    <>
      <button
        type="button"
        class="button"
        aria-label={about === undefined ? undefined : `Copy command: ${about}`}
        onClick={copy}
      >
        Copy command
      </button>
      <span role="status" class="app-said">
        {state === 'copied' && 'Copied.'}
      </span>
      {state === 'by-hand' && <ByHand command={command} />}
    </>
  );
}

function ByHand({ command }: { readonly command: string }) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.select(), []);
  return (
    <label class="app-by-hand">
      The browser does not let the page copy: copy it from here.
      <input ref={field} type="text" readOnly value={command} spellcheck={false} />
    </label>
  );
}

async function copyText(text: string): Promise<void> {
  // Only a page that came over TLS or from this machine has a clipboard.
  const clipboard = navigator.clipboard as Clipboard | undefined;
  if (clipboard === undefined) throw new Error('no clipboard');
  await clipboard.writeText(text);
}
