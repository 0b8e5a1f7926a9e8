/** The only writer to stdout, and to the file of `-o`. */
import { mkdtemp, open, realpath, rename, rm, stat, writeFile, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import type { Appearance } from '../report/appearance.ts';
import { AppError, errnoOf } from '../shared/errors.ts';
import type { CommandContext, OutputStream } from './context.ts';

const WIDTH_WITHOUT_TERMINAL = 100;
/** Below this a table is no table any more. */
const LEAST_WIDTH = 40;

/** Where a result goes: `undefined` or `-` is stdout. */
export type Destination = string | undefined;

/** The modes of a file by who may read it, whatever the umask. */
const MODES = { owner: 0o600, everybody: 0o644 } as const;

export type Readers = keyof typeof MODES;

/**
 * Writes `text`, whole; a reader of stdout that has gone (`| head`) is no failure. Without `readers` a file can be read by
 * whom the umask lets, or the file before it. Throws `output-failed`.
 */
export async function writeOutput(
  text: string,
  destination: Destination,
  stdout: OutputStream,
  readers?: Readers,
): Promise<void> {
  await orFail(destination, async () => {
    if (isStdout(destination)) await writeToStream(text, stdout);
    else await writeToFile(text, destination, readers === undefined ? {} : { mode: MODES[readers] });
  });
}

/**
 * As `writeOutput`, for a result that is made line by line and never held whole. What making it throws comes through, and
 * then there is no file.
 */
export async function writeLines(
  lines: Iterable<string>,
  destination: Destination,
  stdout: OutputStream,
): Promise<void> {
  const pieces = inPieces(lines);
  await orFail(destination, async () => {
    if (isStdout(destination)) await writePiecesToStream(pieces, stdout);
    else await writePiecesToFile(pieces, destination);
  });
}

/**
 * Writes lines to a file that nobody else can read, in a temporary folder of its own: for a process that is started to read it.
 * Throws `output-failed`.
 */
export async function keepLines(lines: Iterable<string>): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'regsweep-'));
  const path = join(folder, 'plan.ndjson');
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    await orFail(path, async () => writeAndClose(await open(path, 'wx', MODES.owner), inPieces(lines)));
  } catch (error) {
    await remove();
    throw error;
  }
  return { path, remove };
}

async function orFail(destination: Destination, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (error instanceof AppError) throw error;
    const where = isStdout(destination) ? 'stdout' : destination;
    const why = error instanceof Error ? error.message : String(error);
    throw new AppError('output-failed', `cannot write to ${where}: ${why}`, undefined, { cause: error });
  }
}

/** Characters. */
const PIECE_LENGTH = 64 * 1024;

function* inPieces(lines: Iterable<string>): Generator<string> {
  let piece = '';
  for (const line of lines) {
    piece += line;
    if (piece.length < PIECE_LENGTH) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}

/** Refuses a file under the registry root, before any work is done: what reads never writes there. */
export async function refuseOutputUnder(root: string, destination: Destination): Promise<void> {
  if (isStdout(destination)) return;
  const file = await realPathOfTarget(resolve(destination));
  const below = relative(root, file);
  if (below === '' || (below !== '..' && !below.startsWith(`..${sep}`))) {
    throw new AppError(
      'usage',
      `--output ${destination} lies under the registry root ${root}`,
      'choose a file elsewhere',
    );
  }
}

/** The format that the arguments ask for. Throws `usage` where they contradict each other. */
export function formatOf(args: { readonly format?: string | undefined; readonly json?: boolean | undefined }): string {
  if (args.json === true && args.format !== undefined && args.format !== 'json') {
    throw new AppError('usage', `--json and --format ${args.format} contradict each other`);
  }
  return args.json === true ? 'json' : (args.format ?? 'table');
}

/** What stdout (or the file) can show. `pipeWidth` is for when it is no terminal and `COLUMNS` says nothing. */
export function appearanceOf(
  context: CommandContext,
  options: { readonly color: string; readonly output?: Destination },
  pipeWidth: number = WIDTH_WITHOUT_TERMINAL,
): Appearance {
  const terminal = isStdout(options.output) && context.stdout.isTTY === true;
  const stated = Number(context.environment['COLUMNS'] ?? '');
  // A terminal that does not know its width says 0.
  const known = [terminal ? context.stdout.columns : undefined, stated].find(
    (columns) => columns !== undefined && Number.isInteger(columns) && columns > 0,
  );
  const width = known ?? pipeWidth;
  return {
    width: Math.max(LEAST_WIDTH, width),
    color: wantsColor(options.color, terminal, context.environment),
    ascii: !speaksUnicode(context.environment),
  };
}

/** Whether to colour: the option first, then `NO_COLOR`, then `FORCE_COLOR`, then whether it is a terminal. */
export function wantsColor(option: string, terminal: boolean, environment: CommandContext['environment']): boolean {
  if (option !== 'auto') return option === 'always';
  if ((environment['NO_COLOR'] ?? '') !== '') return false;
  const forced = environment['FORCE_COLOR'] ?? '';
  if (forced !== '') return forced !== '0';
  return terminal && environment['TERM'] !== 'dumb';
}

/** Whether the locale is one of UTF-8, by the order of precedence that POSIX gives. */
export function speaksUnicode(environment: CommandContext['environment']): boolean {
  const locale = ['LC_ALL', 'LC_CTYPE', 'LANG'].map((name) => environment[name] ?? '').find((value) => value !== '');
  return /utf-?8/i.test(locale ?? '');
}

function isStdout(destination: Destination): destination is undefined | '-' {
  return destination === undefined || destination === '-';
}

async function writePiecesToStream(pieces: Iterable<string>, stream: OutputStream): Promise<void> {
  for (const piece of pieces) if (!(await writeToStream(piece, stream))) return;
}

/** False where the reader has gone. */
function writeToStream(text: string, stream: OutputStream): Promise<boolean> {
  return new Promise((done, fail) => {
    const settle = (error: Error | null | undefined): void => {
      if (error === null || error === undefined) {
        stream.removeListener('error', settle);
        done(true);
      } else if (errnoOf(error) === 'EPIPE') done(false);
      else fail(error);
    };
    // Node tells of a broken pipe twice; without a listener the second time ends the process.
    stream.once('error', settle);
    stream.write(text, settle);
  });
}

/** Without a `mode` a file keeps that which it had. */
async function writeToFile(text: string, file: string, options: { readonly mode?: number }): Promise<void> {
  // A rename over `/dev/null` or a named pipe would put a file in its place.
  if (await isSpecialFile(file)) await writeFile(file, text);
  else await writeFileAtomic(file, text, options);
}

/** Through a file beside it: whoever reads there meets the old one or the new one, whole. */
async function writePiecesToFile(pieces: Iterable<string>, file: string): Promise<void> {
  if (await isSpecialFile(file)) {
    await writeAndClose(await open(file, 'w'), pieces);
    return;
  }
  const target = await realPathOfTarget(resolve(file));
  const beside = `${target}.${process.pid}.tmp`;
  const handle = await open(beside, 'wx');
  try {
    const before = await stat(target).catch(() => undefined);
    if (before !== undefined) await handle.chmod(before.mode);
    await writeAndClose(handle, pieces, () => handle.sync());
    await rename(beside, target);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}

async function writeAndClose(
  handle: FileHandle,
  pieces: Iterable<string>,
  finish: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  try {
    for (const piece of pieces) await handle.writeFile(piece);
    await finish();
  } finally {
    await handle.close();
  }
}

async function isSpecialFile(file: string): Promise<boolean> {
  try {
    const status = await stat(file);
    return !status.isFile();
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false;
    throw error;
  }
}

async function realPathOfTarget(file: string): Promise<string> {
  try {
    return await realpath(file);
  } catch {
    // It is not there yet; nor may its folder be, on a volume that is not mounted: as far as there is anything.
    const folder = dirname(file);
    return folder === file ? file : join(await realPathOfTarget(folder), basename(file));
  }
}
