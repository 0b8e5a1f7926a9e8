/** What the parts of a page have in common. */
import type { ComponentChildren } from 'preact';
import { escapeTerminal } from '../escape.ts';

/** A text that the registry stores, as it may be shown: what would turn, hide or break it stands there as an escape. */
export function shown(text: string): string {
  return escapeTerminal(text);
}

/** A section with its heading. */
export function Section({
  id,
  title,
  children,
}: {
  readonly id: string;
  readonly title: string;
  readonly children: ComponentChildren;
}) {
  return (
    <section id={id} aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>{title}</h2>
      {children}
    </section>
  );
}

/** A table in a frame of its own: where it is wider than the page it is moved there, by the keyboard too. */
export function Scroll({ label, children }: { readonly label: string; readonly children: ComponentChildren }) {
  return (
    <div class="scroll" role="region" aria-label={label} tabIndex={0}>
      {children}
    </div>
  );
}

/** The table of what a chart shows. It stands open where no script draws the chart. */
export function AsTable({ label, children }: { readonly label: string; readonly children: ComponentChildren }) {
  return (
    <details open data-closes>
      <summary>As a table</summary>
      <Scroll label={label}>{children}</Scroll>
    </details>
  );
}
