/** Many faults, each against a fresh volume: which ones, and what came of them. */
import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { FAULT_ERRNOS, nameOf, type Fault } from './faults.ts';

/** With `REGSWEEP_FAULTS=all` nothing is left out, however long it takes. */
export const EVERY_FAULT = process.env['REGSWEEP_FAULTS'] === 'all';

/** SIGKILL at each call of a program that makes `calls` of them. */
export function kills(calls: number): readonly Fault[] {
  const before = places(calls).map((at): Fault => ({ kind: 'kill-before', at }));
  // After a call is before the next, but for what happens outside the folder in between.
  const after = EVERY_FAULT ? places(calls) : [calls];
  return [...before, ...after.map((at): Fault => ({ kind: 'kill-after', at }))];
}

/** Each error at each call, alone and from there on. */
export function errors(calls: number): readonly Fault[] {
  return FAULT_ERRNOS.flatMap((errno) =>
    (['fail-once', 'fail-from'] as const).flatMap((kind) => places(calls).map((at): Fault => ({ kind, at, errno }))),
  );
}

/** `count` of the faults, drawn by lot; the same ones for the same seed. All of them where every fault is wanted. */
export function sample(faults: readonly Fault[], count: number, seed: string): readonly Fault[] {
  if (EVERY_FAULT) return faults;
  const lot = (fault: Fault): string =>
    createHash('sha256')
      .update(`${seed} ${nameOf(fault)}`)
      .digest('hex');
  const drawn = faults.map((fault) => ({ fault, lot: lot(fault) })).sort((a, b) => (a.lot < b.lot ? -1 : 1));
  return drawn.slice(0, count).map(({ fault }) => fault);
}

/**
 * Lets `check` say of each fault what went wrong, a line each, as many faults at a time as there are processors. Returns
 * all of the lines, in the order of the faults.
 */
export async function allThatFails(
  faults: readonly Fault[],
  check: (fault: Fault) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  const found: (readonly string[])[] = faults.map(() => []);
  const waiting = faults.entries();
  const work = async (): Promise<void> => {
    for (const [position, fault] of waiting) {
      found[position] = (await check(fault)).map((line) => `${nameOf(fault)}: ${line}`);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return found.flat();
}

function places(calls: number): readonly number[] {
  return Array.from({ length: calls }, (_, position) => position + 1);
}
