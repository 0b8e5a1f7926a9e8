/** The commands that lead on from here, to be copied. */
import type { NextCommand } from '../table-next.ts';
import { Section } from './text.tsx';

export function Next({ commands }: { readonly commands: readonly NextCommand[] }) {
  if (commands.length === 0) return null;
  return (
    <Section id="next" title="What to type next">
      {commands.map(({ command, why }) => (
        <div class="next">
          <p>{why}</p>
          <div class="command">
            <code>{command}</code>
          </div>
        </div>
      ))}
    </Section>
  );
}
