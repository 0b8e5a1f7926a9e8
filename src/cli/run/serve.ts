import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { hostname, networkInterfaces } from 'node:os';
import { defaultIndexPath, indexPathForWriting } from '../../db/location.ts';
import { indexIsThere } from '../../pipeline/open-stored.ts';
import { startServer } from '../../serve/server.ts';
import type { GivenWords, ServeOptions } from '../../serve/model.ts';
import { AppError } from '../../shared/errors.ts';
import { listRuns } from '../../sweep/runs.ts';
import { stateFolder } from '../../sweep/state-folder.ts';
import type { ServeArguments } from '../commands/serve.ts';
import type { RunningCommand } from '../context.ts';
import { parseSeconds, parseSecondsOrNever } from '../durations.ts';
import { DEFAULT_MIN_AGE, DEFAULT_UPLOADS_OLDER_THAN } from '../options.ts';
import { keepLines, writeOutput } from '../output.ts';
import { readPageFiles } from '../page-files.ts';
import { DEFAULT_MAX_DELETE_PERCENT } from '../sweeping-options.ts';
import { startSession, type Session } from './session.ts';
import { parsePercent, proofRequest } from './sweeping.ts';

/** 256 bits: nobody guesses it, and it is read once. */
const TOKEN_BYTES = 32;
const LOOPBACK = /^(?:127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1|localhost)$/;
const EVERY_ADDRESS = ['0.0.0.0', '::'];

/** `regsweep serve`. Runs until it is interrupted: that is how it ends, and it ends with 0. */
export async function runServe(args: ServeArguments, context: RunningCommand): Promise<void> {
  refuseUnclear(args);
  const session = await startSession({ ...args, full: false, diskUsage: false }, context);
  const options = optionsOf(args, session);
  const { root, ports, messages } = session;
  const server = await startServer(options, {
    index: ports,
    page: await readPageFiles('app'),
    program: context.program,
    environment: context.environment,
    keepPlan: keepLines,
    runs: () => ({ schema: 'regsweep.runs/1', runs: listRuns(stateFolder(root, args.state)) }),
  });
  try {
    if (!LOOPBACK.test(args.host)) {
      messages.warn(
        `the page listens at ${args.host}, and not at this machine alone: whoever can read what is sent there can do all that the page can`,
      );
    }
    // Whoever has the address may do all that the page can.
    await writeOutput(`${server.url}\n`, args.output, context.stdout, 'owner');
    await server.served.load();
    if (options.mayScan) server.served.scan();
    // Nothing would ever come of a page whose index cannot be read, and is never made anew.
    else server.served.refuseWithout();
    if (!context.signal.aborted) await once(context.signal, 'abort');
  } finally {
    await server.close();
  }
}

function refuseUnclear(args: ServeArguments): void {
  const { registryUrls, registryConfig, registryStopped } = proofRequest(args);
  const isProof = registryStopped || registryConfig !== undefined || registryUrls.length > 0;
  if (args.allowSweep && !isProof) {
    throw new AppError(
      'usage',
      '--allow-sweep needs the proof that nobody writes',
      'give --registry-config FILE, --registry-url URL (for every replica) or --registry-stopped, as for sweep',
    );
  }
  if (isProof && !args.allowSweep) {
    throw new AppError('usage', 'a proof that nobody writes is for --allow-sweep, and that is not given');
  }
}

function optionsOf(args: ServeArguments, { root, ports }: Session): ServeOptions {
  const database = args.scan ? indexPathForWriting(root, args.db, ports.warn) : (args.db ?? defaultIndexPath(root));
  const minAgeSeconds = parseSeconds('min-age', args.minAge);
  const index = {
    root,
    database,
    noScan: true,
    full: false,
    diskUsage: false,
    minAgeSeconds,
    minAgeYields: args.minAge === DEFAULT_MIN_AGE,
    repositories: [],
    ...(args.state === undefined ? {} : { state: args.state }),
  };
  if (!args.scan && !indexIsThere(index)) {
    throw new AppError('index-missing', `there is no index at ${database}`, 'leave out --no-scan: then it is made');
  }
  return {
    root,
    index,
    shape: {
      minAgeSeconds,
      uploadsOlderThanSeconds: parseSecondsOrNever('uploads-older-than', args.uploadsOlderThan),
      limits: {
        maxDeletePercent: parsePercent('max-delete-percent', args.maxDeletePercent),
        acceptLostRepositories: args.acceptLostRepositories,
        tagsAreComplete: args.tagsAreComplete,
      },
    },
    port: portOf(args.port),
    host: args.host,
    ownNames: EVERY_ADDRESS.includes(args.host) ? ownNames() : [],
    token: randomBytes(TOKEN_BYTES).toString('base64url'),
    mayScan: args.scan,
    sweepRefusal: args.allowSweep
      ? undefined
      : 'the page was started without --allow-sweep and a proof that nobody writes: start it with them, or copy the command',
    words: wordsOf(args, root, database),
  };
}

/** The names by which this machine can be asked at all of its addresses, its own name first. */
function ownNames(): readonly string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address));
  return [hostname(), ...addresses];
}

function portOf(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (port <= 65_535) return port;
  throw new AppError('usage', `--port: "${text}" is no port`);
}

function wordsOf(args: ServeArguments, root: string, database: string): GivenWords {
  const word = (name: string, value: string | undefined): readonly string[] =>
    value === undefined ? [] : [name, value];
  const unless = (name: string, value: string, usual: string): readonly string[] =>
    value === usual ? [] : [name, value];
  const age = unless('--min-age', args.minAge, DEFAULT_MIN_AGE);
  const common = [
    ...['--db', database],
    ...age,
    ...word('--concurrency', args.concurrency),
    ...word('--max-iops', args.maxIops),
    '--json',
  ];
  const proof = [
    ...word('--registry-config', args.registryConfig),
    ...(args.registryUrl ?? []).flatMap((url) => ['--registry-url', url]),
    ...word('--registry-ca', args.registryCa),
    ...(args.registryStopped ? ['--registry-stopped'] : []),
    ...word('--state', args.state),
  ];
  const limits = [
    ...unless('--max-delete-percent', args.maxDeletePercent, DEFAULT_MAX_DELETE_PERCENT),
    ...(args.acceptLostRepositories ? ['--accept-lost-repositories'] : []),
    ...(args.tagsAreComplete ? ['--tags-are-complete'] : []),
  ];
  return {
    // The page shows what goes on disk for whatever is selected, so all of it is stat-ed.
    scan: ['scan', root, ...common, '--disk-usage'],
    shown: [...age, ...limits, ...word('--db', args.db), ...word('--state', args.state)],
    shownMarking: unless('--uploads-older-than', args.uploadsOlderThan, DEFAULT_UPLOADS_OLDER_THAN),
    sweep: [root, ...common, ...proof, ...limits, '--apply', '--yes'],
    restore: [root, ...common, ...proof],
  };
}
