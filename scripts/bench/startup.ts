/**
 * What it costs to start: CPU milliseconds of `node dist/regsweep.cjs --help` less those of `node -e 0`, in turns:
 * `npx tsx scripts/bench/startup.ts [--turns 20] [--main dist/regsweep.cjs]`.
 */
import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { spread } from './statistics.ts';

/** bash's `time` counts to a millisecond, GNU time only to ten. Its figures go to stderr, the command's nowhere. */
const TIMED = 'TIMEFORMAT="%3U %3S"; time "$@" >/dev/null 2>&1';

/** CPU milliseconds, user and system, of one run of Node. Throws where it does not end with 0. */
function cpuMilliseconds(args: readonly string[]): number {
  const figures = execFileSync('bash', ['-c', `exec 3>&1; { ${TIMED}; } 2>&3`, 'bash', process.execPath, ...args], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  });
  const [user, system] = figures.trim().split(' ').map(Number);
  if (user === undefined || system === undefined) throw new Error(`bash gave no times: ${figures}`);
  return (user + system) * 1000;
}

const { values } = parseArgs({
  options: { turns: { type: 'string', default: '20' }, main: { type: 'string', default: 'dist/regsweep.cjs' } },
});
const turns = Number(values.turns);
if (!Number.isSafeInteger(turns) || turns < 1) {
  console.error('usage: startup [--turns N] [--main FILE]');
  process.exitCode = 2;
} else {
  const bare: number[] = [];
  const help: number[] = [];
  for (let turn = 0; turn <= turns; turn += 1) {
    const pair = [cpuMilliseconds(['-e', '0']), cpuMilliseconds([values.main, '--help'])] as const;
    // The first turn warms the caches.
    if (turn === 0) continue;
    bare.push(pair[0]);
    help.push(pair[1]);
  }
  const more = spread(help.map((milliseconds, turn) => milliseconds - (bare[turn] ?? 0)));
  const rows = [
    ['node -e 0', spread(bare)],
    [`node ${values.main} --help`, spread(help)],
    ['difference', more],
  ] as const;
  console.log('| CPU milliseconds | median | least | most |\n| --- | ---: | ---: | ---: |');
  for (const [name, { median, least, most }] of rows) {
    console.log(`| ${name} | ${median.toFixed(1)} | ${least.toFixed(1)} | ${most.toFixed(1)} |`);
  }
}
