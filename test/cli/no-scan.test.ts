/** `--no-scan` needs the index alone: the volume may be unmounted, or mounted elsewhere. */
import { existsSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { runProgram } from '../../src/cli/run-program.ts';
import { layer } from '../support/content.ts';
import { image } from '../support/images.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { createTree } from '../support/tree.ts';
import { memoryContext } from '../support/memory-stream.ts';

const ONE = 'SELECT group_concat(name) FROM repository';

beforeEach(() => {
  vi.stubEnv('XDG_CACHE_HOME', temporaryFolder('cache'));
  return () => vi.unstubAllEnvs();
});

function registry(name: string): string {
  const tree = createTree(join(temporaryFolder('no-scan'), 'registry'));
  tree.push(name, '1.0', image({ name, layers: [layer(name)] }));
  return tree.root;
}

function newIndex(): string {
  return join(temporaryFolder('index'), 'index.sqlite');
}

async function run(...argv: readonly string[]) {
  const context = memoryContext();
  const status = await runProgram(argv, context);
  return { status, stdout: context.stdout.text, stderr: context.stderr.text };
}

/** Takes the volume away; where it was mounted an empty folder is left. */
function unmount(root: string): void {
  renameSync(root, `${root}-elsewhere`);
  mkdirSync(root);
}

describe('a registry that is not there any more', () => {
  const FORMS = [
    '',
    'docker',
    'docker/registry',
    'docker/registry/v2',
    'docker/registry/v2/blobs',
    'docker/registry/v2/repositories',
  ];

  it.each(FORMS)('is named by the path that it had, with %j below it', async (below) => {
    const root = registry('app');
    const scanned = await run('rank', root, '--json');
    unmount(root);
    expect(await run('rank', join(root, below), '--json', '--no-scan')).toEqual({ ...scanned, stderr: '' });
  });

  it.each([['report'], ['rank'], ['tree'], ['history'], ['ls'], ['scan'], ['query', ONE]])(
    'is answered for by %s',
    async (command, ...rest) => {
      const root = registry('app');
      expect((await run('scan', root)).status).toBe(0);
      renameSync(root, `${root}-elsewhere`);
      const { status, stdout, stderr } = await run(command, root, ...rest, '--no-scan');
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(stdout).not.toBe('');
    },
  );

  it('is named by its config.yml, which lies elsewhere', async () => {
    const root = registry('app');
    const config = join(temporaryFolder('config'), 'config.yml');
    writeFileSync(config, `storage: { filesystem: { rootdirectory: ${root} } }\n`);
    await run('scan', root);
    unmount(root);
    expect((await run('query', config, ONE, '--no-scan', '--format', 'csv')).stdout).toContain('app');
  });

  it('is named through a symbolic link that is above it', async () => {
    const root = registry('app');
    const link = join(temporaryFolder('link'), 'volumes');
    symlinkSync(join(root, '..'), link);
    await run('scan', root);
    unmount(root);
    expect((await run('ls', join(link, 'registry/docker'), '--no-scan')).stdout).toContain('app');
  });

  it('needs no index in the default place with --db', async () => {
    const root = registry('app');
    const index = newIndex();
    await run('scan', root, '--db', index);
    renameSync(root, `${root}-elsewhere`);
    expect(await run('ls', root, '--no-scan', '--db', index)).toMatchObject({ status: 0, stderr: '' });
  });

  it('takes no output file: it would lie under it once it is mounted', async () => {
    const root = registry('app');
    await run('scan', root);
    renameSync(root, `${root}-elsewhere`);
    const output = join(root, 'reports/report.json');
    expect(await run('report', root, '--no-scan', '--json', '-o', output)).toMatchObject({ status: 2, stdout: '' });
    expect(existsSync(root)).toBe(false);
  });

  it('cannot be scanned', async () => {
    const root = registry('app');
    await run('scan', root);
    unmount(root);
    expect(await run('report', root)).toMatchObject({ status: 2, stdout: '' });
  });
});

it('query scans once where there is no index yet, and not with --no-scan', async () => {
  const root = registry('app');
  expect(await run('query', root, ONE, '--no-scan')).toMatchObject({ status: 1, stdout: '' });
  expect((await run('query', root, ONE, '--format', 'csv')).stdout).toContain('app');
  renameSync(root, `${root}-elsewhere`);
  expect((await run('query', root, ONE, '--no-scan')).status).toBe(0);
});

describe('an index of another registry', () => {
  it.each([
    ['report', ['--no-scan']],
    ['ls', ['--no-scan']],
    ['query', [ONE]],
    ['query', [ONE, '--no-scan']],
  ])('%s %j: is answered from, with a warning that names both', async (command, rest) => {
    const [one, other] = [registry('one'), registry('other')];
    const index = newIndex();
    await run('scan', one, '--db', index);
    const { status, stdout, stderr } = await run(command, other, ...rest, '--db', index);
    expect({ status, stderr }).toEqual({
      status: 0,
      stderr: `warning: the index is of ${one}, not of ${other}: the figures are those of ${one}\n`,
    });
    expect(stdout).toContain('one');
  });

  it('is no cause for a warning where the same registry is named in another way', async () => {
    const root = registry('one');
    const index = newIndex();
    await run('scan', root, '--db', index);
    expect((await run('ls', join(root, 'docker/registry/v2'), '--no-scan', '--db', index)).stderr).toBe('');
  });
});

describe('--min-age and the age that the index was scanned with', () => {
  it.each([
    ['24h', '24h', 0],
    ['24h', '1h', 0],
    ['24h', '0', 0],
    ['24h', '25h', 2],
    ['0', '0', 0],
    ['0', '1s', 2],
  ])('scanned with %s, asked for %s: status %i', async (scanned, asked, status) => {
    const root = registry('app');
    await run('report', root, '--min-age', scanned);
    const result = await run('report', root, '--no-scan', '--min-age', asked);
    expect(result.status).toBe(status);
    expect(result.stderr).toMatch(
      status === 0 ? /^$/ : /^error: --min-age is longer than .*\nhint: scan again .*--min-age \d+/,
    );
  });

  it('`scan` scans with the default of the reports', async () => {
    const root = registry('app');
    await run('scan', root);
    expect((await run('report', root, '--no-scan')).status).toBe(0);
    expect((await run('report', root, '--no-scan', '--min-age', '61m')).status).toBe(2);
  });

  it.each(['ls', 'scan'])('%s, which holds nothing, takes any index', async (command) => {
    const root = registry('app');
    await run('report', root, '--min-age', '0');
    expect(await run(command, root, '--no-scan')).toMatchObject({ status: 0, stderr: '' });
  });
});

describe('--repo', () => {
  it.each([
    [['app'], ''],
    [['a*', '!app'], ''],
    [['aap', 'app'], 'warning: --repo aap matches no repository\n'],
    [['!aap'], 'warning: --repo !aap matches no repository\n'],
  ])('%j: a glob that matches nothing is warned of', async (globs, stderr) => {
    const root = registry('app');
    const options = globs.map((glob) => `--repo=${glob}`);
    expect(await run('report', root, ...options)).toMatchObject({ status: 0, stderr });
    expect(await run('rank', root, '--no-scan', ...options)).toMatchObject({ status: 0, stderr });
  });
});

it('the commands that a report offers have its options', async () => {
  const root = registry('app');
  createTree(root).push('app', undefined, image({ name: 'untagged', layers: [layer('untagged', 9000)] }));
  const index = newIndex();
  const options = ['--min-age', '0', '--uploads-older-than', 'never', '--repo', 'app', '--db', index];
  const { stdout } = await run('report', root, ...options);
  expect(stdout).toContain(`  regsweep report ${root} --untagged ${options.join(' ')}\n`);
  expect(stdout).toContain(`  regsweep rank ${root} --by reclaimable ${options.join(' ')}\n`);
  const asIs = await run('report', root, ...options, '--no-scan');
  expect(asIs.stdout).toContain(`  regsweep rank ${root} --by reclaimable ${options.join(' ')} --no-scan\n`);
  const plain = await run('report', root);
  expect(plain.stdout).toContain(`  regsweep rank ${root} --by reclaimable\n`);
});

it.each([[[]], [['--no-scan']]])(
  'an interrupt after the index was read or written ends in 130, without a result (%j)',
  async (options) => {
    const root = registry('app');
    await run('scan', root);
    const interrupt = new AbortController();
    const environment = {
      // Asked for when the result is laid out.
      get COLUMNS(): string {
        interrupt.abort();
        return '80';
      },
    };
    const context = { ...memoryContext(), environment, signal: interrupt.signal };
    expect(await runProgram(['report', root, ...options], context)).toBe(130);
    expect(context.stdout.text).toBe('');
    expect(context.stderr.text).toContain('interrupted');
    expect((await run('query', root, ONE, '--format', 'csv')).stdout).toContain('app');
  },
);
