/** What a chart shows at the pointer. It becomes markup, and names are hostile: every text goes through here. */
import { format } from 'echarts/core';
import { escapeTerminal } from '../../report/escape.ts';
import type { Palette } from './palette.ts';

/** A text as markup that shows just this text, with what would turn or hide letters as escapes. */
function encode(text: string): string {
  return format.encodeHTML(escapeTerminal(text));
}

/** A title, and below it lines of a name and a value. */
export function tooltipOf(title: string, lines: readonly (readonly [name: string, value: string])[]): string {
  const rows = lines.map(([name, value]) => `<tr><td>${encode(name)}</td><td>${encode(value)}</td></tr>`);
  return `<b>${encode(title)}</b><table>${rows.join('')}</table>`;
}

/** What all tooltips have in common. The class names what the style sheet does for them. */
export function tooltipStyle({ raised, line, text, font }: Palette): Readonly<Record<string, unknown>> {
  return {
    confine: true,
    className: 'tooltip',
    backgroundColor: raised,
    borderColor: line,
    textStyle: { color: text, fontFamily: font, fontSize: 13 },
    transitionDuration: 0,
  };
}
