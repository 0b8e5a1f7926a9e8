/** Without a scan `report`, `rank`, `ls` and `scan` answer from what the last scan left, where that still holds. */
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runProgram } from '../../src/cli/run-program.ts';
import { repositoryFolder } from '../../src/layout/paths.ts';
import { NO_REPOSITORY, type Listing } from '../../src/report/model.ts';
import { damage } from '../support/damage.ts';
import { copyFixture } from '../support/fixture.ts';
import { memoryContext } from '../support/memory-stream.ts';
import { temporaryFolder } from '../support/temporary.ts';

const HOUR = 3_600_000;
const COMMANDS = [
  ['report', '--json'],
  ['report', '--untagged', '--json'],
  ['report', '--untagged', '--uploads-older-than', 'never', '--json'],
  ['rank', '--json', '--top', '100'],
  ['rank', '--by', 'untagged', '--untagged'],
  ['ls', '--json'],
  ['ls', '--format', 'csv'],
] as const;

let root: string;
let database: string;

beforeAll(async () => {
  root = await copyFixture();
  for (const name of ['layer-link-to-nowhere', 'upload-without-startedat', 'tag-left-after-removal-by-hand'] as const) {
    damage(name).inflict(root);
  }
  mkdirSync(join(root, 'docker/registry/v2', repositoryFolder('hello'), '_uploads'), { recursive: true });
});

beforeEach(() => {
  database = join(temporaryFolder('index'), 'index.sqlite');
});

async function run(now: number, [command, ...rest]: readonly string[], ...more: readonly string[]) {
  const context = memoryContext();
  const argv = [command ?? '', root, ...rest, '--db', database, ...more];
  const status = await runProgram(argv, { ...context, now: () => now });
  return { status, stdout: context.stdout.text, stderr: context.stderr.text };
}

/** Spoils a value of the index; `rightly`: so that it passes for what was written. */
function spoil(name: string, rightly: boolean): void {
  const index = new Database(database);
  const data = Buffer.from('spoilt');
  const sha256 = rightly ? createHash('sha256').update(data).digest() : Buffer.alloc(32);
  const { changes } = index
    .prepare('UPDATE packed_column SET data = ?, sha256 = ? WHERE name = ? AND piece = 0')
    .run(data, sha256, name);
  index.close();
  expect(changes).toBe(1);
}

describe('an index that was just written', () => {
  it.each(COMMANDS.map((command) => [command]))('says of %j what its scan said', async (command) => {
    const now = Date.now();
    const scanned = await run(now, command);
    // What is computed cannot be: the columns are not there any more.
    spoil('layerLinks.digest', false);
    expect(await run(now, command, '--no-scan')).toEqual(scanned);
    expect(scanned.status).toBe(0);
  });

  it('lists each repository, tag and revision as it does once it is loaded and marked', async () => {
    const now = Date.now();
    await run(now, ['scan']);
    const listed = async (reference: string) => run(now, ['ls', reference, '--json'], '--no-scan');
    const kept = new Map<string, Awaited<ReturnType<typeof run>>>();
    const all = JSON.parse((await run(now, ['ls', '--json'], '--no-scan')).stdout) as Extract<
      Listing,
      { kind: 'registry' }
    >;
    spoil('layerLinks.digest', false);
    for (const { name } of all.repositories.filter(({ name }) => name !== NO_REPOSITORY)) {
      const answer = await listed(name);
      kept.set(name, answer);
      const { tags, revisions } = JSON.parse(answer.stdout) as Extract<Listing, { kind: 'repository' }>;
      const references = [
        ...tags.map(({ tag }) => `${name}:${tag}`),
        ...revisions.map(({ digest }) => `${name}@${digest}`),
      ];
      for (const reference of [...references, `${name}:nothing`]) kept.set(reference, await listed(reference));
    }
    kept.set('nobody', await listed('nobody'));
    const index = new Database(database);
    index.prepare("DELETE FROM packed_column WHERE name = 'figures.shared'").run();
    index.close();
    expect((await listed('hello')).stderr).toContain('layerLinks.digest is not what was written');
    await run(now, ['scan', '--full']);
    const again = new Database(database);
    again.prepare("DELETE FROM packed_column WHERE name = 'figures.shared'").run();
    again.close();
    for (const [reference, answer] of kept) expect(await listed(reference), reference).toEqual(answer);
    expect(kept.size).toBeGreaterThan(20);
  });

  it('says of scan what its scan said', async () => {
    const now = Date.now();
    const scanned = await run(now, ['scan', '--json']);
    spoil('layerLinks.digest', false);
    expect(await run(now, ['scan', '--json'], '--no-scan')).toEqual(scanned);
  });

  it('of which something is asked that it does not keep is loaded, and marked', async () => {
    const now = Date.now();
    await run(now, ['report']);
    spoil('layerLinks.digest', false);
    for (const command of [
      ['report', '--repo', 'hello'],
      ['report', '--keep-last', '1'],
      ['report', '--target-free', '1'],
      ['rank', '--depth', '1'],
    ]) {
      const { status, stderr } = await run(now, command, '--no-scan');
      expect(status, command.join(' ')).toBe(1);
      expect(stderr).toContain('the index is damaged');
    }
  });
});

describe('what is kept in an index', () => {
  it('is not given out once what was young has grown old, nor when the clock was turned back', async () => {
    const now = Date.now();
    await run(now, ['report']);
    spoil('layerLinks.digest', false);
    const outcome = async (time: number) => (await run(time, ['report'], '--no-scan')).stderr.includes('is damaged');
    expect(await outcome(now)).toBe(false);
    // Then it is marked, out of the columns.
    expect(await outcome(now + 2 * HOUR)).toBe(true);
    expect(await outcome(now - HOUR / 2)).toBe(true);
  });

  it('that cannot be read is refused', async () => {
    const now = Date.now();
    await run(now, ['report']);
    spoil('figures.problems', true);
    const { status, stderr } = await run(now, ['report'], '--no-scan');
    expect(status).toBe(1);
    expect(stderr).toContain('the index is damaged: figures.problems cannot be read');
  });

  it.each(['figures.shared', 'manifests.referenceTarget', 'digests.words', 'tags.name', 'blobs.bytes'])(
    'is refused by ls of a repository where %s is not what was written',
    async (name) => {
      const now = Date.now();
      await run(now, ['scan']);
      spoil(name, false);
      const { status, stderr } = await run(now, ['ls', 'team/app'], '--no-scan');
      expect(status).toBe(1);
      expect(stderr).toContain(`the index is damaged: ${name} is not what was written`);
    },
  );

  it.each(['figures.volume', 'figures.problems', 'figures.untagged.rows', 'facts'])(
    'is refused where %s is not what was written',
    async (name) => {
      const now = Date.now();
      await run(now, ['report']);
      spoil(name, false);
      const { status, stderr } = await run(now, ['report', '--untagged'], '--no-scan');
      expect(status).toBe(1);
      expect(stderr).toContain(`the index is damaged: ${name} is not what was written`);
    },
  );

  it('by another version of the program is not used', async () => {
    const now = Date.now();
    const { stdout } = await run(now, ['rank', '--json']);
    spoil('program', true);
    spoil('figures.revisions.rows', true);
    expect((await run(now, ['rank', '--json'], '--no-scan')).stdout).toBe(stdout);
  });

  it('is nothing of a mode where the scan left repositories alone', async () => {
    const now = Date.now();
    await run(now, ['report', '--repo', 'hello']);
    const whole = await run(now, ['report', '--json'], '--no-scan');
    database = join(temporaryFolder('index'), 'index.sqlite');
    const scanned = await run(now, ['report', '--json']);
    expect(JSON.parse(whole.stdout)).toEqual(JSON.parse(scanned.stdout));
  });
});
