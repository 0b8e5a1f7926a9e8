/**
 * A first report against the registry's own collector and against `find`, on the same tree, in turns:
 * `npx tsx scripts/bench/report.ts [--profile M] [--seed 1] [--turns 5] [--keep DIR] [--cold] [--command LINE]`.
 *
 * `--keep DIR` generates the tree there, or uses the one that is there. `--cold` drops the system's caches before each
 * run, which needs root. `--command` puts another command in the report's place; `{root}` and `{db}` are filled in.
 * Tables in Markdown on stdout.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isProfileName, PROFILE_NAMES, type ProfileName } from '../registry-generator/profiles.ts';
import { reuseTree } from '../registry-generator/tree.ts';
import { contendersFor } from './contenders.ts';
import { bestMethod } from './measure.ts';
import { figuresTable, ratiosTable } from './tables.ts';
import { runInTurns } from './turns.ts';

/** `3`: page cache, and the entries and inodes of folders too (Linux, `Documentation/admin-guide/sysctl/vm.rst`). */
function dropCaches(): void {
  execFileSync('sync');
  writeFileSync('/proc/sys/vm/drop_caches', '3\n');
}

interface Options {
  readonly profile: ProfileName;
  readonly seed: number;
  readonly turns: number;
  readonly keep: string | undefined;
  readonly cold: boolean;
  readonly command: string | undefined;
}

async function compare(options: Options, folder: string): Promise<void> {
  const root = options.keep ?? join(folder, 'registry');
  console.error(`tree: profile ${options.profile}, seed ${options.seed}`);
  const totals = reuseTree(root, options.profile, options.seed);
  const results = await runInTurns(contendersFor(root, folder, options.command), {
    turns: options.turns,
    method: bestMethod(),
    beforeRun: options.cold ? dropCaches : () => undefined,
    progress: (message) => console.error(message),
  });
  const caches = options.cold ? 'caches dropped before each run' : 'warm';
  console.log(
    `Profile ${options.profile}: ${totals.repositories} repositories, ${totals.revisions} revisions, ` +
      `${totals.blobs} blobs. ${options.turns} turns, ${caches}; Node ${process.versions.node}, ` +
      `Linux ${release()}, ${cpus().length} CPUs.\n`,
  );
  console.log(`${figuresTable(results)}\n`);
  console.log(ratiosTable(results));
}

const { values } = parseArgs({
  options: {
    profile: { type: 'string', default: 'M' },
    seed: { type: 'string', default: '1' },
    turns: { type: 'string', default: '5' },
    keep: { type: 'string' },
    cold: { type: 'boolean', default: false },
    command: { type: 'string' },
  },
});
const { profile, keep, cold, command } = values;
const seed = Number(values.seed);
const turns = Number(values.turns);
if (!isProfileName(profile) || !Number.isSafeInteger(seed) || !Number.isSafeInteger(turns) || turns < 1) {
  console.error(
    `usage: report [--profile ${PROFILE_NAMES.join('|')}] [--seed N] [--turns N] [--keep DIR] [--cold] [--command LINE]`,
  );
  process.exitCode = 2;
} else {
  const folder = mkdtempSync(join(tmpdir(), 'regsweep-bench-'));
  try {
    await compare({ profile, seed, turns, keep, cold, command }, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
