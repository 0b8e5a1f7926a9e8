/** The words of reasons. */

const UNITS = [
  ['d', 86_400],
  ['h', 3600],
  ['m', 60],
] as const;

/** Seconds as an operator would have written them: `30d`, `36h`, `90s`. */
export function spellDuration(seconds: number): string {
  const unit = UNITS.find(([, length]) => seconds > 0 && seconds % length === 0);
  return unit === undefined ? `${seconds}s` : `${seconds / unit[1]}${unit[0]}`;
}

/** The day of a time (epoch milliseconds), UTC. */
export function spellDay(time: number): string {
  return new Date(time).toISOString().slice(0, -14);
}
