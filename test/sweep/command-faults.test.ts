/**
 * Every other command that writes, killed at its system calls: nothing that is kept is lost, an index or a plan file is
 * whole or the one before, and the same command, run again, ends what was begun. A sweep has `faults.test.ts`.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import type { Report } from '../../src/report/model.ts';
import type { RunsResult } from '../../src/report/model-sweep.ts';
import { commandSite, type CommandSite } from '../support/command-site.ts';
import { allThatFails, errors, EVERY_KILL, kills, sample } from '../support/fault-campaign.ts';
import { countCalls, runWithFault, type Fault } from '../support/faults.ts';
import { changedPaths } from '../support/snapshot.ts';
import { lostBetween, wholeOf } from '../support/whole.ts';

const TIMEOUT_MS = EVERY_KILL ? 4 * 3_600_000 : 400_000;
/** So many of the places are tried, drawn by lot; each state of the disk with `REGSWEEP_FAULTS=kills`, each call with `once`. */
const [KILLS, ERRORS] = [4, 2];
const STOPPED = ['--registry-stopped', '--min-age', '0'];
const APPLY = ['--apply', '--max-delete-percent', '100', ...STOPPED];

interface Case {
  readonly name: string;
  /** Of a fresh site: what is done before, and the arguments of the command. */
  readonly prepare: (site: CommandSite) => Promise<unknown>;
  readonly argv: (site: CommandSite) => readonly string[];
  /** Tags that the command is to take. */
  readonly takes?: readonly string[];
  /** What is wrong once the command was hit; `before` is the site as it was. */
  readonly check: (site: CommandSite, before: CommandSite) => Promise<readonly string[]>;
}

async function done(site: CommandSite, ...argv: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await site.run(argv);
  if (status !== 0) throw new Error(`${argv.join(' ')} ended with ${status}: ${stderr}`);
  return stdout;
}

async function runsOf(site: CommandSite): Promise<RunsResult['runs']> {
  return (JSON.parse(await done(site, 'runs', site.root, '--json')) as RunsResult).runs;
}

const sweep = (site: CommandSite): Promise<string> => done(site, 'sweep', site.root, '--untagged', ...APPLY);

/** The name of the one run of the site: names are of a time, and tests of another. */
function runIn(site: CommandSite): string {
  return readdirSync(`${site.root}/.regsweep/runs`)[0] ?? '';
}

function indexArguments(command: string): (site: CommandSite) => readonly string[] {
  return ({ root, index }) => [command, root, '--db', index];
}

/** The index answers as it did before or as one of a scan does now; or it is told that there is none. A scan mends all. */
async function indexIsSound(site: CommandSite, before: CommandSite): Promise<readonly string[]> {
  const wrong: string[] = [];
  const figures = async (one: CommandSite, index: string, ...more: string[]): Promise<unknown> => {
    const { status, stdout, stderr } = await one.run(['report', one.root, '--db', index, '--json', ...more]);
    if (status !== 0) return `status ${status}: ${stderr}`;
    const { totals, reclaimable } = JSON.parse(stdout) as Pick<Report, 'totals' | 'reclaimable'>;
    // What all of it takes on disk only a scan knows that looks at all of it.
    return JSON.stringify({ ...totals, diskBytes: undefined, ...reclaimable });
  };
  const found = await figures(site, site.index, '--no-scan');
  const earlier = await figures(before, before.index, '--no-scan');
  const now = await figures(before, `${before.folder}/fresh/index.sqlite`);
  const noIndex = existsSync(site.index) ? [] : [/^status \d+: .*no index/s.test(String(found)) ? found : ''];
  if (![earlier, now, ...noIndex].includes(found)) wrong.push(`the index answers ${String(found)}`);
  const beside = (): readonly string[] => readdirSync(dirname(site.index)).filter((name) => name !== 'index.sqlite');
  for (const name of existsSync(dirname(site.index)) ? beside() : []) utimesSync(join(dirname(site.index), name), 1, 1);
  if ((await figures(site, site.index)) !== now) wrong.push('a scan does not mend it');
  return [...wrong, ...beside().map((name) => `is left beside the index: ${name}`)];
}

const CASES: readonly Case[] = [
  {
    name: 'restore',
    prepare: sweep,
    argv: (site) => ['restore', site.root, runIn(site), ...STOPPED],
    check: async (site) => {
      await done(site, 'restore', site.root, runIn(site), ...STOPPED);
      return changedPaths(fresh.state(), site.state()).map((path) => `is not back: ${path}`);
    },
  },
  {
    name: 'purge',
    prepare: sweep,
    argv: (site) => ['purge', site.root],
    check: async (site, before) => {
      const changed = changedPaths(before.state(), site.state()).map((path) => `changed: ${path}`);
      const restore = await site.run(['restore', site.root, runIn(site), ...STOPPED]);
      const isBack = changedPaths(fresh.state(), site.state()).length === 0;
      // Before the mark that it is purging is there, all of it comes back; from then on nothing does.
      if (restore.status === 0 && !isBack) changed.push('is restored in part');
      if (restore.status !== 0) await done(site, 'purge', site.root);
      const states = (await runsOf(site)).map(({ state }) => state);
      const wanted = restore.status === 0 ? 'restored' : 'purged';
      return [...changed, ...states.filter((state) => state !== wanted).map((state) => `is ${state}, not ${wanted}`)];
    },
  },
  {
    name: 'rm',
    prepare: () => Promise.resolve(),
    argv: ({ root, index }) => ['rm', root, 'app:old', '--db', index, ...APPLY],
    takes: ['app:old'],
    check: async (site, before) => {
      const again = await site.run(['rm', site.root, 'app:old', '--db', site.index, ...APPLY]);
      // It may be gone already, and is then no name of anything.
      if (again.status !== 0 && !again.stderr.includes('app:old')) return [`again: ${again.status} ${again.stderr}`];
      for (const { run, state } of (await runsOf(site)).toReversed()) {
        if (state !== 'restored') await done(site, 'restore', site.root, run, ...STOPPED);
      }
      return changedPaths(before.state(), site.state()).map((path) => `is not back: ${path}`);
    },
  },
  { name: 'scan', prepare: () => Promise.resolve(), argv: indexArguments('scan'), check: indexIsSound },
  {
    name: 'report of a volume that was scanned before',
    prepare: async (site) => {
      await done(site, 'scan', site.root, '--db', site.index);
      await sweep(site);
    },
    argv: indexArguments('report'),
    check: indexIsSound,
  },
  {
    name: 'verify --data',
    prepare: (site) => done(site, 'scan', site.root, '--db', site.index),
    argv: ({ root, index }) => ['verify', root, '--db', index, '--data'],
    check: async (site, before) => {
      const wrong = await indexIsSound(site, before);
      const again = await site.run(['verify', site.root, '--db', site.index, '--data']);
      return again.status === 0 ? wrong : [...wrong, `again: ${again.status} ${again.stderr}`];
    },
  },
  {
    name: 'plan -o',
    prepare: async (site) => {
      mkdirSync(dirname(site.output));
      await done(site, 'plan', site.root, '--db', site.index, '-o', site.output);
    },
    argv: ({ root, index, output }) => ['plan', root, '--db', index, '--untagged', '-o', output],
    check: async (site, before) => {
      const text = readFileSync(site.output, 'utf8');
      const isOld = text === readFileSync(before.output, 'utf8');
      const isWhole = /\n\{"end":true.*\}\n$/.test(text) && text.includes('"mode":"untagged"');
      const wrong = isOld || isWhole ? [] : ['the plan file is neither the one before nor whole'];
      await done(site, 'plan', site.root, '--db', site.index, '--untagged', '-o', site.output);
      // What a killed process began stays beside it, under a name that says so: the folder is the operator's.
      const known = /^plan\.ndjson(\.\d+\.tmp)?$/;
      const beside = readdirSync(dirname(site.output)).filter((name) => !known.test(name));
      return [...wrong, ...beside.map((name) => `is left beside the plan: ${name}`)];
    },
  },
];

/** Before any command. */
let fresh: CommandSite;

it.each(CASES)(
  '$name that is killed, or whose calls fail, loses nothing and can be run again',
  { timeout: TIMEOUT_MS },
  async (one) => {
    fresh = commandSite();
    const whole = wholeOf(fresh.root);
    await fresh.onCopy(async (before) => {
      await one.prepare(before);
      const calls = await before.onCopy(async (copy) => {
        const ended = await countCalls(copy.command(one.argv(copy)));
        expect(ended).toMatchObject({ status: 0, signal: null });
        return ended.calls;
      });
      expect(calls.length).toBeGreaterThan(5);
      const killed = EVERY_KILL ? kills(calls) : sample(kills(calls), KILLS, one.name);
      const faults = [...killed, ...sample(errors(calls), ERRORS, one.name)];
      if (EVERY_KILL)
        console.log(`${one.name}: ${faults.length} faults, ${killed.length} of them kills, ${calls.length} calls`);
      const survives = (fault: Fault): Promise<readonly string[]> =>
        before.onCopy(async (copy) => {
          const ended = await runWithFault(copy.command(one.argv(copy)), fault);
          const told = `status ${ended.status}, signal ${ended.signal}: ${ended.stderr}`;
          const wrong = /^\s+at .+[:)]\d*/m.test(ended.stderr) ? [`a trace, ${told}`] : [];
          if (!('errno' in fault) && ended.signal !== 'SIGKILL') wrong.push(`not killed, ${told}`);
          wrong.push(...lostBetween(wholeOf(before.root), wholeOf(copy.root), one.takes));
          try {
            wrong.push(...(await one.check(copy, before)));
          } catch (error) {
            wrong.push(`${String(error)}; before: ${told}`);
          }
          return [...wrong, ...lostBetween(whole, wholeOf(copy.root), one.takes)];
        });
      expect(await allThatFails(faults, survives)).toEqual([]);
    });
  },
);
