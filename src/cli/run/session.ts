/** What the commands have in common between their arguments and their result. */
import type { IndexPorts, IndexRequest } from '../../pipeline/open-index.ts';
import type { TargetRequest } from '../../pipeline/scan-registry.ts';
import type { Retention } from '../../policy/model.ts';
import type { Appearance } from '../../report/appearance.ts';
import { locateRegistry, nameRegistryRoot } from '../../scan/locate.ts';
import { AppError } from '../../shared/errors.ts';
import type { CommandContext } from '../context.ts';
import { parseSeconds } from '../durations.ts';
import type { Messages } from '../messages.ts';
import { createMessages } from '../messages.ts';
import { DEFAULT_MIN_AGE } from '../options.ts';
import {
  appearanceOf,
  formatOf,
  refuseOutputUnder,
  speaksUnicode,
  wantsColor,
  writeLines,
  writeOutput,
  type Readers,
} from '../output.ts';
import { paceOf } from '../pace.ts';
import { createProgress, type TerminalProgress } from '../progress-bar.ts';
import { toldProgress } from '../told-progress.ts';
import type { ListingAnswer } from './computed.ts';
import { openDescribed, openFigures, openListing, type Looked, type Opened, type Stored } from './opened.ts';

/** The arguments that every command has. */
export interface SessionArguments {
  readonly root: string;
  readonly db?: string | undefined;
  readonly scan: boolean;
  readonly full: boolean;
  readonly diskUsage: boolean;
  readonly format?: string | undefined;
  readonly json?: boolean | undefined;
  readonly output?: string | undefined;
  readonly color: string;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly progress: boolean;
  readonly concurrency?: string | undefined;
  readonly maxIops?: string | undefined;
}

/** What of the marking options shapes an index already while it is opened. */
interface Kept {
  readonly minAgeSeconds: number;
  readonly repositories: readonly string[];
  readonly retention?: Retention;
  readonly target?: TargetRequest;
  readonly compared?: Retention;
  readonly trustNothing?: boolean;
}

export interface Session {
  readonly format: string;
  readonly messages: Messages;
  /** The registry root, a real path as far as it can be looked at. */
  readonly root: string;
  /** What stages of work are given, with the progress on stderr. */
  readonly ports: IndexPorts;
  /** Scans (or takes the index as it is) with the progress on stderr. */
  open(marking?: Kept & Looked): Promise<Opened>;
  /** Without a scan, what the last one left in the index, if it did: then nothing is loaded and nothing marked. */
  stored(marking?: Kept & Looked): Promise<Stored | undefined>;
  /** Stored bytes at each scan that the index keeps, the oldest first; none before it was opened. Waits until it is written. */
  keptSizes(): Promise<readonly number[]>;
  /** As `stored`: the listing of a repository, or of a tag or digest in it. */
  storedListing(reference: string): Promise<ListingAnswer | undefined>;
  /** `pipeWidth`: columns where there is no terminal to ask. */
  appearance(pipeWidth?: number): Appearance;
  /** Of stdout, for what comes beside a result that went to a file. */
  appearanceBeside(): Appearance;
  /** Of stderr, for what is shown there. */
  appearanceOfMessages(): Appearance;
  /** Writes to stdout what comes beside a result that went to a file. */
  deliverBeside(text: string): Promise<void>;
  /** Writes the result where the arguments say. `readers`: as for `writeOutput`. */
  deliver(text: string, readers?: Readers): Promise<void>;
  /** As `deliver`, after an interrupt, too: what was done has to be told. */
  deliverAlways(text: string): Promise<void>;
  /** As `deliver`, line by line; an interrupt leaves no file. */
  deliverLines(lines: Iterable<string>): Promise<void>;
}

/** Checks what can be checked before any work, and gives a command its surroundings. Throws `usage`, `not-a-registry`. */
export async function startSession(args: SessionArguments, context: CommandContext): Promise<Session> {
  const format = formatOf(args);
  if (args.full && !args.scan) throw new AppError('usage', '--full and --no-scan contradict each other');
  const root = args.scan
    ? (await locateRegistry(args.root, context.environment)).root
    : await nameRegistryRoot(args.root, context.environment);
  await refuseOutputUnder(root, args.output);
  const progress = progressOf(args, context);
  const messages = messagesOf(args, context, () => progress.clear());
  const taken: Taken = { stored: Promise.resolve() };
  const refuseInterrupted = (): void => {
    if (context.signal.aborted) throw new AppError('interrupted', 'interrupted before the result was written');
  };
  const ports: IndexPorts = {
    environment: context.environment,
    progress,
    signal: context.signal,
    warn: onceEach((message) => messages.warn(message)),
    now: context.now,
    pace: paceOf(args),
  };
  return {
    format,
    messages,
    root,
    ports,
    open: async (marking) => {
      try {
        const opened = await openDescribed(indexRequest(args, marking), marking, ports);
        taken.stored = opened.stored;
        taken.database = opened.database;
        return opened;
      } finally {
        progress.stop();
      }
    },
    ...storedAnswers(args, ports, taken),
    appearance: (pipeWidth) => appearanceOf(context, args, pipeWidth),
    appearanceBeside: () => appearanceOf(context, { color: args.color }),
    appearanceOfMessages: () => appearanceOf({ ...context, stdout: context.stderr }, { color: args.color }),
    deliver: async (text, readers) => {
      await taken.stored;
      refuseInterrupted();
      await writeOutput(text, args.output, context.stdout, readers);
    },
    deliverBeside: (text) => writeOutput(text, undefined, context.stdout),
    deliverAlways: (text) => {
      progress.stop();
      return writeOutput(text, args.output, context.stdout);
    },
    deliverLines: async (lines) => {
      await taken.stored;
      await writeLines(untilInterrupted(lines, refuseInterrupted), args.output, context.stdout);
    },
  };
}

function progressOf(args: SessionArguments, { tellProgress, stderr, environment }: CommandContext): TerminalProgress {
  if (tellProgress !== undefined) return toldProgress(tellProgress);
  return createProgress(stderr, args.progress && !args.quiet, !speaksUnicode(environment));
}

function messagesOf(
  { quiet, verbose, color }: SessionArguments,
  context: CommandContext,
  before: () => void,
): Messages {
  const { stderr, environment } = context;
  return createMessages(stderr, {
    quiet,
    verbose,
    color: wantsColor(color, stderr.isTTY === true, environment),
    before,
  });
}

/** The index that a result is taken from. */
interface Taken {
  /**
   * A result is only given out once what it was taken from is kept: it goes on being written while the result is made.
   */
  stored: Promise<void>;
  database?: string;
}

/** What an index keeps; of answers that the last scan left there are none where the volume is to be scanned. */
function storedAnswers(
  args: SessionArguments,
  ports: IndexPorts,
  taken: Taken,
): Pick<Session, 'stored' | 'storedListing' | 'keptSizes'> {
  const requestOf = (kept?: Kept): IndexRequest => indexRequest(args, kept);
  return {
    stored: async (marking) => {
      if (args.scan) return undefined;
      const found = await openFigures(requestOf(marking), ports);
      if (found !== undefined) taken.database = found.database;
      return found;
    },
    storedListing: async (reference) => (args.scan ? undefined : openListing(requestOf(), reference, ports)),
    keptSizes: async () => {
      await taken.stored;
      if (taken.database === undefined) return [];
      const { withKeptScans } = await import('../../pipeline/kept-scans.ts');
      return withKeptScans(taken.database, ({ scans }) => scans.map(({ bytes }) => bytes));
    },
  };
}

/** What the last scan left is tried first: the same may be seen again where that does not do. */
function onceEach(warn: (message: string) => void): (message: string) => void {
  const said = new Set<string>();
  return (message) => {
    if (!said.has(message)) warn(message);
    said.add(message);
  };
}

function* untilInterrupted(lines: Iterable<string>, refuse: () => void): Generator<string> {
  for (const line of lines) {
    refuse();
    yield line;
  }
}

function indexRequest(args: SessionArguments, kept: Kept | undefined): IndexRequest {
  return {
    root: args.root,
    ...(args.db === undefined ? {} : { database: args.db }),
    noScan: !args.scan,
    full: args.full,
    diskUsage: args.diskUsage,
    ...keptOf(kept ?? keptByDefault()),
    minAgeYields: kept === undefined,
  };
}

function keptOf({ minAgeSeconds, repositories, retention, compared, target, trustNothing }: Kept): Kept {
  return {
    minAgeSeconds,
    repositories,
    ...(retention === undefined ? {} : { retention }),
    ...(target === undefined ? {} : { target }),
    ...(compared === undefined ? {} : { compared }),
    ...(trustNothing === undefined ? {} : { trustNothing }),
  };
}

function keptByDefault(): Kept {
  return { minAgeSeconds: parseSeconds('min-age', DEFAULT_MIN_AGE), repositories: [] };
}
