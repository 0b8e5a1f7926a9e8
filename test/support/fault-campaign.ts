/** Many faults, each against a fresh volume: which ones, and what came of them. */
import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { addTo } from '../../src/shared/lists.ts';
import { FAULT_ERRNOS, nameOf, type Call, type Fault } from './faults.ts';

/** With `REGSWEEP_FAULTS=all` nothing is left out, however long it takes. */
export const EVERY_FAULT = process.env['REGSWEEP_FAULTS'] === 'all';
/** With `REGSWEEP_FAULTS=once` each call fails once, by another error than the one before it, and every command is killed as by `kills`. */
const EVERY_CALL = process.env['REGSWEEP_FAULTS'] === 'once';
/** With `REGSWEEP_FAULTS=kills` every command is killed once for each state of the disk. */
export const EVERY_KILL = EVERY_FAULT || EVERY_CALL || process.env['REGSWEEP_FAULTS'] === 'kills';

/** SIGKILL at each of the calls that a program makes. Where time is short, once for each state of the disk. */
export function kills(calls: readonly Call[]): readonly Fault[] {
  const all = places(calls);
  const before = EVERY_FAULT ? all : all.filter((at) => leavesAnotherDisk(calls, at));
  // After a call is before the next, but for what happens outside the folder in between.
  const after = EVERY_FAULT ? all : all.slice(-1);
  return [
    ...before.map((at): Fault => ({ kind: 'kill-before', at })),
    ...after.map((at): Fault => ({ kind: 'kill-after', at })),
  ];
}

/** So many calls are tried at the beginning and at the end of a row of new folders. */
const ENDS = 2;

/** Whether a program that is killed before this call leaves another disk than one that is killed before the next. */
function leavesAnotherDisk(calls: readonly Call[], at: number): boolean {
  if (onlyMakesDurable(calls[at - 1])) return false;
  // One more empty folder, in the middle of many that are made in a row.
  const row = calls.slice(Math.max(0, at - 1 - ENDS), at + ENDS);
  return row.length <= 2 * ENDS || row.some(({ name }) => name !== 'mkdir');
}

/** What a process has written outlives it, durable or not: that is for a loss of power. */
export function onlyMakesDurable(call: Call | undefined): boolean {
  return /^f(data)?sync$/.test(call?.name ?? '');
}

/** Each error at each call, alone and from there on. */
export function errors(calls: readonly Call[]): readonly Fault[] {
  const all = places(calls);
  return FAULT_ERRNOS.flatMap((errno) =>
    (['fail-once', 'fail-from'] as const).flatMap((kind) => all.map((at): Fault => ({ kind, at, errno }))),
  );
}

/**
 * `count` of the faults, drawn by lot; the same ones for the same seed. All of them where every fault is wanted, one of each
 * call where every call is.
 */
export function sample(faults: readonly Fault[], count: number, seed: string): readonly Fault[] {
  if (EVERY_FAULT) return faults;
  if (EVERY_CALL) return oneOfEachCall(faults);
  const lot = (fault: Fault): string =>
    createHash('sha256')
      .update(`${seed} ${nameOf(fault)}`)
      .digest('hex');
  const drawn = faults.map((fault) => ({ fault, lot: lot(fault) })).sort((a, b) => (a.lot < b.lot ? -1 : 1));
  return drawn.slice(0, count).map(({ fault }) => fault);
}

function oneOfEachCall(faults: readonly Fault[]): readonly Fault[] {
  const ofCall = new Map<number, Fault[]>();
  for (const fault of faults) addTo(ofCall, fault.at, fault);
  return [...ofCall].flatMap(([at, some]) => some[at % some.length] ?? []);
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

function places(calls: readonly Call[]): readonly number[] {
  return calls.map((_, position) => position + 1);
}
