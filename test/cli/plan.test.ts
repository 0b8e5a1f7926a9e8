/** `regsweep plan`: the plan that a report counts, line by line, on stdout or in a file. */
import { readdirSync, readFileSync, statSync, symlinkSync, writeFileSync, chmodSync, lstatSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { generateRegistry } from '../../scripts/registry-generator/generate.ts';
import { runProgram } from '../../src/cli/run-program.ts';
import { DELETION_KINDS, type DeletionKind } from '../../src/gc/action.ts';
import { readPlanLines, splitLines, type PlanHeader } from '../../src/gc/plan-file.ts';
import type { ParsedAction } from '../../src/gc/plan-lines.ts';
import { parsePath } from '../../src/layout/parse.ts';
import { LAYOUT_FOLDER } from '../../src/layout/paths.ts';
import type { Report } from '../../src/report/model.ts';
import { damage } from '../support/damage.ts';
import { copyFixture } from '../support/fixture.ts';
import { changedPaths, snapshot } from '../support/snapshot.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { memoryContext } from '../support/memory-stream.ts';

const NOW = Date.UTC(2026, 0, 15) / 1000;

let fixture: string;
let generated: string;
let strange: string;
beforeAll(async () => {
  fixture = await copyFixture();
  generated = temporaryFolder('generated');
  generateRegistry(generated, 'S', 1, NOW);
  strange = await copyFixture();
  for (const name of ['repository-stray-file', 'revision-link-other-digest', 'upload-without-startedat']) {
    damage(name).inflict(strange);
  }
});

async function run(command: string, root: string, ...argv: readonly string[]) {
  const context = memoryContext();
  const database = join(temporaryFolder('index'), 'index.sqlite');
  const status = await runProgram([command, root, '--db', database, ...argv], context);
  return { status, stdout: context.stdout.text, stderr: context.stderr.text };
}

function parse(text: string): { readonly header: PlanHeader; readonly actions: readonly ParsedAction[] } {
  const { header, actions } = readPlanLines(splitLines([Buffer.from(text)]));
  return { header, actions: [...actions] };
}

const CLASS_OF: Readonly<Record<DeletionKind, keyof Report['reclaimable']>> = {
  tag: 'tags',
  'tag-index-entry': 'tagIndexEntries',
  revision: 'revisions',
  'signature-link': 'signatureLinks',
  'layer-link': 'layerLinks',
  blob: 'blobs',
  upload: 'uploads',
  'stray-temporary-file': 'strayFiles',
  'empty-directory': 'emptyDirectories',
};

function sum(actions: readonly ParsedAction[], of: 'bytes' | 'diskBytes'): number {
  return actions.reduce((total, action) => total + action[of], 0);
}

describe.each([
  ['the fixture', () => fixture],
  ['a generated registry', () => generated],
  ['a damaged one', () => strange],
])('of %s', (_, root) => {
  it.each([['--untagged'], ['--min-age=0'], ['--untagged', '--min-age=0'], ['--uploads-older-than=1s', '--min-age=0']])(
    'is what the report counts: %s %s',
    async (...argv) => {
      const options = argv.filter((one): one is string => typeof one === 'string');
      const { status, stdout } = await run('plan', root(), ...options);
      expect(status).toBe(0);
      const { header, actions } = parse(stdout);
      const report = JSON.parse((await run('report', root(), ...options, '--json')).stdout) as Report;
      for (const kind of DELETION_KINDS) {
        const told = actions.filter((action) => action.kind === kind);
        const reported = report.reclaimable[CLASS_OF[kind]];
        expect(reported).toMatchObject({ count: told.length });
        if ('bytes' in reported) {
          expect(reported).toMatchObject({ bytes: sum(told, 'bytes'), diskBytes: sum(told, 'diskBytes') });
        }
      }
      const { bytes, diskBytes } = report.reclaimable.total;
      expect({ bytes, diskBytes }).toEqual({ bytes: sum(actions, 'bytes'), diskBytes: sum(actions, 'diskBytes') });
      expect(header).toMatchObject({ mode: report.mode, minAgeSeconds: report.minAgeSeconds, root: root() });
    },
  );

  it('names what is there, as it expects it', async () => {
    const { actions } = parse((await run('plan', root(), '--untagged', '--min-age', '0')).stdout);
    for (const { kind, path, expect: expected } of actions) {
      const place = join(root(), LAYOUT_FOLDER, path);
      if (kind === 'empty-directory') {
        expect(lstatSync(place).isDirectory()).toBe(true);
      } else if ('link' in expected) {
        expect(readFileSync(join(place, 'link'), 'utf8')).toBe(expected.link);
        expect(new Date(lstatSync(join(place, 'link')).mtimeMs).toISOString()).toBe(expected.modifiedAt);
      } else if (kind === 'blob' && 'bytes' in expected) {
        expect(lstatSync(join(place, 'data')).size).toBe(expected.bytes);
        expect(new Date(lstatSync(join(place, 'data')).mtimeMs).toISOString()).toBe(expected.modifiedAt);
      }
      expect(parsePath(path).kind).not.toBe('unrecognised');
    }
    expect(actions.length).toBeGreaterThan(10);
  });
});

describe('the file', () => {
  it('tells what shaped the plan, and nothing else does', async () => {
    const options = [
      '--untagged',
      '--repo',
      'team/**',
      '--repo',
      '!team/app',
      '--min-age',
      '2h',
      '--uploads-older-than',
    ];
    const { header } = parse((await run('plan', fixture, ...options, 'never')).stdout);
    expect(header).toMatchObject({ schema: 'regsweep.plan/1', mode: 'untagged', minAgeSeconds: 7200 });
    expect(header.options).toEqual({
      untagged: true,
      repo: ['team/**', '!team/app'],
      minAgeSeconds: 7200,
      uploadsOlderThanSeconds: null,
    });
    expect(header.witnesses.length).toBeGreaterThan(5);
    expect(header.createdAt).toBe('2026-03-01T00:00:00.000Z');
  });

  it('is the same bytes for the same volume, from the index too', async () => {
    const database = join(temporaryFolder('index'), 'index.sqlite');
    const context = memoryContext();
    const options = ['plan', generated, '--untagged', '--min-age', '0', '--db', database];
    await runProgram(options, context);
    const fromIndex = memoryContext();
    await runProgram([...options, '--no-scan'], fromIndex);
    expect(fromIndex.stdout.text).toBe(context.stdout.text);
  });

  it('is written to -o, whole, with the sum on stderr and nothing on stdout', async () => {
    const file = join(temporaryFolder('out'), 'plan.ndjson');
    const plan = await run('plan', fixture, '--min-age', '0', '-o', file);
    expect(plan).toMatchObject({ status: 0, stdout: '' });
    const { actions } = parse(readFileSync(file, 'utf8'));
    expect(plan.stderr).toMatch(new RegExp(`^${actions.length} deletions: [^\\n]+ on disk\\n$`));
    expect(readdirSync(join(file, '..'))).toEqual(['plan.ndjson']);
  });

  it('-o - is stdout, and --quiet says nothing beside it', async () => {
    const plan = await run('plan', fixture, '-o', '-', '--quiet');
    expect(plan).toMatchObject({ status: 0, stderr: '' });
    expect(parse(plan.stdout).header.schema).toBe('regsweep.plan/1');
  });

  it('takes the place, the mode and the link of the one before', async () => {
    const folder = temporaryFolder('out');
    writeFileSync(join(folder, 'old'), 'old');
    chmodSync(join(folder, 'old'), 0o600);
    symlinkSync('old', join(folder, 'link'));
    await run('plan', fixture, '-o', join(folder, 'link'));
    expect(parse(readFileSync(join(folder, 'old'), 'utf8')).header.schema).toBe('regsweep.plan/1');
    expect(statSync(join(folder, 'old')).mode & 0o777).toBe(0o600);
    expect(lstatSync(join(folder, 'link')).isSymbolicLink()).toBe(true);
    expect(readdirSync(folder).toSorted()).toEqual(['link', 'old']);
  });

  it('into a device, not over it', async () => {
    expect(await run('plan', fixture, '-o', '/dev/null')).toMatchObject({ status: 0, stdout: '' });
    expect(lstatSync('/dev/null').isCharacterDevice()).toBe(true);
  });

  it('under the registry root is refused, and nothing is written there', async () => {
    const before = snapshot(fixture, { times: true });
    expect(await run('plan', fixture, '-o', join(fixture, 'plan'))).toMatchObject({ status: 2, stdout: '' });
    await run('plan', fixture);
    expect(changedPaths(before, snapshot(fixture, { times: true }))).toEqual([]);
  });

  it('in a folder that is not there: status 1, and nothing beside it', async () => {
    const folder = temporaryFolder('out');
    const { status, stderr } = await run('plan', fixture, '-o', join(folder, 'absent/plan'));
    expect(status).toBe(1);
    expect(stderr).toContain('cannot write to');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is not there when it was interrupted, and what was there is', async () => {
    const file = join(temporaryFolder('out'), 'plan.ndjson');
    writeFileSync(file, 'the one before');
    const controller = new AbortController();
    const context = { ...memoryContext(), signal: controller.signal };
    const database = join(temporaryFolder('index'), 'index.sqlite');
    const running = runProgram(['plan', fixture, '--db', database, '-o', file], context);
    controller.abort();
    expect(await running).toBe(130);
    expect(readFileSync(file, 'utf8')).toBe('the one before');
    expect(readdirSync(join(file, '..'))).toEqual(['plan.ndjson']);
  });

  it('of a damaged registry warns, as a report does', async () => {
    expect((await run('plan', strange)).stderr).toContain('warning: damage was found');
  });

  it('has one form: --json and --format are unknown', async () => {
    expect(await run('plan', fixture, '--json')).toMatchObject({ status: 2, stdout: '' });
  });
});
