import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { placeOf, viewOf } from './address.ts';
import { useNavigation } from './navigation.tsx';

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** Over the page, and with the keyboard's focus inside, as long as it is drawn. Escape closes it, and so does going elsewhere. */
export function Dialog({ title, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const { view } = useNavigation();
  const place = placeOf(view);
  const opened = useRef(place);
  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    return () => {
      if (before instanceof HTMLElement && placeOf(viewOf(location.search)) === opened.current) before.focus();
    };
  }, []);
  useEffect(() => {
    if (place !== opened.current) onClose();
  }, [place]);
  return (
    <dialog ref={dialog} class="app-dialog" aria-labelledby={titleId} onClose={onClose}>
      <h2 id={titleId}>{title}</h2>
      {children}
    </dialog>
  );
}
