/**
 * What can be checked of the Dockerfile without an engine: that it is one, what it copies and from where, as whom it runs,
 * and that what it copies is enough to build the program.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, lstatSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DockerfileParser, type Copy, type Instruction } from 'dockerfile-ast';
import { validate } from 'dockerfile-utils';
import { satisfies } from 'semver';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { runScript } from './support/built-program.ts';
import { FIXTURE_ROOT } from './support/fixture.ts';
import { PROJECT } from './support/packed.ts';
import { temporaryFolder } from './support/temporary.ts';

const TEXT = readFileSync(join(PROJECT, 'Dockerfile'), 'utf8');
const FILE = DockerfileParser.parse(TEXT);

interface Stage {
  readonly image: string;
  readonly name: string | null;
  readonly instructions: readonly Instruction[];
}

const STAGES: readonly Stage[] = FILE.getFROMs().map((from, at, all) => {
  const next = all[at + 1];
  const inStage = (line: number): boolean =>
    line > from.getRange().start.line && (next === undefined || line < next.getRange().start.line);
  const instructions = FILE.getInstructions().filter((one) => inStage(one.getRange().start.line));
  return { image: from.getImage() ?? '', name: from.getBuildStage(), instructions };
});

function argumentsOf(stage: Stage | undefined, keyword: string): readonly (string | null)[] {
  return (stage?.instructions ?? [])
    .filter((one) => one.getKeyword() === keyword)
    .map((one) => one.getArgumentsContent());
}

/** What a stage copies out of the project, and with `from` out of another stage. */
const COPIES = FILE.getCOPYs().map((copy: Copy) => ({
  from: copy.getFromFlag()?.getValue(),
  sources: copy
    .getArguments()
    .slice(0, -1)
    .map((argument) => argument.getValue()),
}));

test('it is a Dockerfile, with nothing deprecated', () => {
  expect(
    validate(TEXT).map(
      ({ message, range }) => `${range.start.line + 1}: ${typeof message === 'string' ? message : message.value}`,
    ),
  ).toEqual([]);
  // It would have been said.
  expect(validate('FROM node\nCOPI a b\n')).toHaveLength(1);
});

describe('the stages', () => {
  test('are two, from one version of Node that the package runs on, told to its last number', () => {
    const versions = STAGES.map(({ image }) => /^node:(\d+\.\d+\.\d+)-(\w+)(?:-slim)?$/.exec(image)?.slice(1));
    expect(versions).toHaveLength(2);
    expect(versions[0]).toBeDefined();
    expect(versions[1]).toEqual(versions[0]);
    const { engines } = z
      .object({ engines: z.object({ node: z.string() }) })
      .parse(JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')));
    expect(satisfies(versions[0]?.[0] ?? '', engines.node)).toBe(true);
  });

  test('end in one that runs the program, as somebody who is not root and needs no name', () => {
    const last = STAGES.at(-1);
    expect(last?.image).toMatch(/-slim$/);
    expect(argumentsOf(last, 'ENTRYPOINT')).toEqual(['["regsweep"]']);
    expect(argumentsOf(last, 'USER').at(-1)).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    // With a root file system that cannot be written, the index is where the example mounts a tmpfs.
    expect(argumentsOf(last, 'ENV').join(' ')).toContain('XDG_CACHE_HOME=/tmp');
    expect(argumentsOf(last, 'RUN').join(' ')).toContain('/opt/regsweep/dist/regsweep.cjs /usr/local/bin/regsweep');
  });

  test('take from each other only what there is', () => {
    const [build] = STAGES;
    const taken = COPIES.filter(({ from }) => from !== undefined);
    expect(new Set(taken.map(({ from }) => from))).toEqual(new Set([build?.name]));
    expect(argumentsOf(build, 'WORKDIR')).toEqual(['/build']);
    expect(taken.flatMap(({ sources }) => sources)).toEqual(['/build/node_modules', '/build/dist']);
  });

  test('install what is locked, and leave of it what runs', () => {
    const commands = argumentsOf(STAGES[0], 'RUN');
    const at = ['npm ci', 'npm run build', 'npm prune --omit=dev'].map((command) =>
      commands.findIndex((one) => one?.startsWith(command)),
    );
    expect(at).not.toContain(-1);
    expect(at).toEqual(at.toSorted((a, b) => a - b));
  });
});

describe('the context', () => {
  /** Everything is left out that is not named again. */
  const lines = readFileSync(join(PROJECT, '.dockerignore'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const sources = COPIES.filter(({ from }) => from === undefined).flatMap((copy) => copy.sources);

  test('has what is copied, and nothing else', () => {
    expect(lines[0]).toBe('*');
    const names = lines.slice(1).map((line) => line.replace(/^!/, ''));
    expect(lines.slice(1)).toEqual(names.map((name) => `!${name}`));
    expect(names.toSorted()).toEqual([...new Set(sources.map((source) => source.split('/')[0]))].toSorted());
    for (const source of sources) expect(existsSync(join(PROJECT, source)), source).toBe(true);
  });

  test('is enough to build the program', async () => {
    const folder = temporaryFolder('context');
    for (const source of sources) {
      mkdirSync(dirname(join(folder, source)), { recursive: true });
      cpSync(join(PROJECT, source), join(folder, source), { recursive: true });
    }
    // What npm ci makes of the lock file.
    symlinkSync(join(PROJECT, 'node_modules'), join(folder, 'node_modules'));
    const build = argumentsOf(STAGES[0], 'RUN').find((command) => command?.startsWith('npm run')) ?? '';
    execFileSync('sh', ['-c', build], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
    const program = join(folder, 'dist/regsweep.cjs');
    expect(lstatSync(program).mode & 0o111).toBe(0o111);
    const { status, stdout } = await runScript(program, ['report', FIXTURE_ROOT], temporaryFolder('cache'));
    expect({ status, stdout }).toMatchObject({ status: 0, stdout: expect.stringContaining('Registry  ') as unknown });
  });
});
