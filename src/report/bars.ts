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

/** Three amounts. */
export type Parts = readonly [number, number, number];

/**
 * How many of `width` cells each of three parts gets, of a bar in which `greatest` would be all of them: as near to their
 * shares as whole cells can be. Something is never drawn as nothing, though a part of it may be.
 */
export function splitCells(parts: Parts, greatest: number, width: number): Parts {
  const sum = parts[0] + parts[1] + parts[2];
  if (!(sum > 0 && greatest > 0)) return [0, 0, 0];
  const cells = Math.max(1, Math.round(Math.min(1, sum / greatest) * width));
  const exact = parts.map((part) => (part / sum) * cells);
  const whole = exact.map(Math.floor);
  // What is left over goes to those that lost most by being cut.
  const byLoss = [0, 1, 2].sort((a, b) => ((exact[b] ?? 0) % 1) - ((exact[a] ?? 0) % 1) || a - b);
  const left = cells - whole.reduce((all, part) => all + part, 0);
  for (const part of byLoss.slice(0, left)) whole[part] = (whole[part] ?? 0) + 1;
  return [whole[0] ?? 0, whole[1] ?? 0, whole[2] ?? 0];
}
