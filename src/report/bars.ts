import type { Style } from './appearance.ts';

/**
 * A bar of `width` columns, `value` of `greatest` of it full. Something is never drawn as nothing: the least that is
 * more than zero has the thinnest mark.
 */
export function drawBar(value: number, greatest: number, width: number, style: Style): string {
  const { full, partial, empty } = style.bar;
  const share = greatest > 0 ? Math.min(1, Math.max(0, value / greatest)) : 0;
  const steps = partial.length + 1;
  const marks = share === 0 ? 0 : Math.max(1, Math.round(share * width * steps));
  const rest = marks % steps;
  const cells = full.repeat(Math.floor(marks / steps)) + (rest > 0 ? (partial[rest - 1] ?? '') : '');
  const used = Math.floor(marks / steps) + (rest > 0 ? 1 : 0);
  return cells + empty.repeat(width - used);
}
