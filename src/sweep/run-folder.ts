/**
 * The folder of a run: `<state>/runs/<run>/` with `journal.ndjson`, `absent`, `trash/`, `run.json`, and `purging` once its
 * trash is being freed. State is `<registry root>/.regsweep` unless told: nothing of ours lies where the registry looks.
 */
import { lstatSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { ActionKind } from '../gc/action.ts';
import { AppError, errnoOf } from '../shared/errors.ts';
import { isIsoTime } from '../shared/times.ts';
import { ensureFolder, replaceFile, syncFolder } from './durable.ts';

export const STATE_FOLDER = '.regsweep';
const RUNS = 'runs';
const RUN_SCHEMA = 'regsweep.run/1';
/** Only the operator, and who runs sweeps for him, has business in it. */
const PRIVATE = 0o700;
const MAX_RUN_FILE_BYTES = 16 * 1024 * 1024;

/** UTC to the second, and four random digits. */
const RUN_NAME = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z-[0-9a-f]{4}$/;

/** The name of a run. `random`: four hexadecimal digits. */
export function runName(now: number, random: string): string {
  return `${new Date(now).toISOString().replace(/[-:]|\.\d+/g, '')}-${random}`;
}

/** When a run of this name began, epoch milliseconds; `undefined` where it is no name of a run. */
export function runTime(name: string): number | undefined {
  const [, year, month, day, hour, minute, second] = RUN_NAME.exec(name) ?? [];
  if (year === undefined) return undefined;
  const time = Date.parse(`${year}-${month ?? ''}-${day ?? ''}T${hour ?? ''}:${minute ?? ''}:${second ?? ''}Z`);
  return Number.isNaN(time) ? undefined : time;
}

export function runsFolder(state: string): string {
  return join(state, RUNS);
}

/** Where the files of a run are. */
export interface RunFolder {
  readonly run: string;
  readonly path: string;
  readonly journal: string;
  readonly absent: string;
  readonly trash: string;
  readonly purging: string;
  readonly record: string;
}

export function runFolder(state: string, run: string): RunFolder {
  const path = join(runsFolder(state), run);
  return {
    run,
    path,
    journal: join(path, 'journal.ndjson'),
    absent: join(path, 'absent'),
    trash: join(path, 'trash'),
    purging: join(path, 'purging'),
    record: join(path, 'run.json'),
  };
}

/** Makes the folder of a new run, durably, with its empty trash. Throws the errors of `mkdir`, `EEXIST` where it is there. */
export function createRunFolder(state: string, run: string): RunFolder {
  const folder = runFolder(state, run);
  const runs = runsFolder(state);
  ensureFolder(runs, PRIVATE);
  if (!lstatSync(runs).isDirectory()) throw new AppError('no-room', `${runs} is no real folder`, 'move it away');
  mkdirSync(folder.path, { mode: PRIVATE });
  mkdirSync(folder.trash, { mode: PRIVATE });
  for (const path of [folder.path, runsFolder(state), state, join(state, '..')]) syncFolder(path);
  return folder;
}

/**
 * Where an action's target lies in the trash, below the run's folder. What lies inside a folder that may go as a whole has
 * a tree of its own: the folders made for it must not stand in that one's place.
 */
export function trashPath(kind: ActionKind, path: string): string {
  return INNER.has(kind) ? `trash/inner/${path}` : `trash/${path}`;
}

const INNER: ReadonlySet<ActionKind> = new Set<ActionKind>(['stray-temporary-file', 'signature-link', 'write-link']);
/** What of these goes into the trash is a file; of all others it is a folder. */
const FILES: ReadonlySet<ActionKind> = new Set<ActionKind>(['stray-temporary-file', 'write-link']);

/** Whether what an action of this kind puts into the trash is a file, and not a folder. */
export function goesAsFile(kind: ActionKind): boolean {
  return FILES.has(kind);
}

/** `deleted`: it went at once, there never was a trash. */
const RECORD_STATES = ['partial', 'trash', 'deleted', 'restored', 'purged'] as const;

const time = z.string().refine(isIsoTime);

const recordSchema = z.object({
  schema: z.literal(RUN_SCHEMA),
  run: z.string(),
  mode: z.string(),
  startedAt: time,
  endedAt: time.nullable(),
  actions: z.number(),
  bytes: z.number(),
  diskBytes: z.number(),
  state: z.enum(RECORD_STATES),
  repositoriesRemoved: z.array(z.string()),
});

/** What is known of a run once it is over. Times are ISO 8601; `endedAt` is null while it runs, and for ever if it died. */
export type RunRecord = Readonly<Omit<z.infer<typeof recordSchema>, 'schema' | 'repositoriesRemoved'>> & {
  /** Repositories of which nothing is left: no lost mount. */
  readonly repositoriesRemoved: readonly string[];
};

/** Durable, in the place of what was there. Throws the errors of `fs`. */
export function writeRunRecord(folder: RunFolder, record: RunRecord): void {
  replaceFile(folder.record, `${JSON.stringify({ schema: RUN_SCHEMA, ...record })}\n`);
}

/** `undefined` where there is none that can be read. */
export function readRunRecord(folder: RunFolder): RunRecord | undefined {
  const stats = lstatSync(folder.record, { throwIfNoEntry: false });
  if (stats?.isFile() !== true || stats.size > MAX_RUN_FILE_BYTES) return undefined;
  try {
    const parsed = recordSchema.safeParse(JSON.parse(readFileSync(folder.record, 'utf8')));
    if (!parsed.success) return undefined;
    const { run, mode, startedAt, endedAt, actions, bytes, diskBytes, state, repositoriesRemoved } = parsed.data;
    return { run, mode, startedAt, endedAt, actions, bytes, diskBytes, state, repositoriesRemoved };
  } catch (error) {
    if (error instanceof SyntaxError || errnoOf(error) !== undefined) return undefined;
    throw error;
  }
}

/** Whether its trash is being freed, or was when somebody died at it: it cannot be restored any more. */
export function isPurging(folder: RunFolder): boolean {
  return lstatSync(folder.purging, { throwIfNoEntry: false }) !== undefined;
}
