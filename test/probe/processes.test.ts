/** What the processes of a machine say of a registry that is said to be stopped: real ones, and folders like procfs. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, openSync, closeSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { lookAtProcesses } from '../../src/probe/processes.ts';
import type { Proof } from '../../src/shared/refusal.ts';
import { simple } from '../gc/volume.ts';
import { hasRealRegistry, startRegistry, writeRegistryConfig } from '../support/real-registry.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { createTree } from '../support/tree.ts';

function volume(): string {
  const tree = createTree(join(temporaryFolder('volume'), 'registry'));
  tree.push('app', 'v1', simple('app'));
  return tree.root;
}

interface FakeProcess {
  readonly command: readonly string[];
  readonly exe?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Its root folder; `/` unless told. */
  readonly root?: string;
  readonly cwd?: string;
  /** Paths with the flags that they are open with, in octal. */
  readonly open?: readonly (readonly [path: string, flags: string])[];
}

/** A folder like procfs, with these processes as 100, 101, …. */
function procfs(...processes: readonly FakeProcess[]): string {
  const proc = temporaryFolder('proc');
  mkdirSync(join(proc, 'self/ns'), { recursive: true });
  symlinkSync('pid:[4026531836]', join(proc, 'self/ns/pid'));
  for (const [index, { command, exe, environment, root, cwd, open }] of processes.entries()) {
    const folder = join(proc, String(100 + index));
    mkdirSync(join(folder, 'fd'), { recursive: true });
    mkdirSync(join(folder, 'fdinfo'));
    writeFileSync(join(folder, 'cmdline'), command.map((word) => `${word}\0`).join(''));
    const variables = Object.entries(environment ?? {}).map(([name, value]) => `${name}=${value}\0`);
    writeFileSync(join(folder, 'environ'), variables.join(''));
    symlinkSync(exe ?? command[0] ?? 'none', join(folder, 'exe'));
    symlinkSync(root ?? '/', join(folder, 'root'));
    symlinkSync(cwd ?? '/', join(folder, 'cwd'));
    for (const [fd, [path, flags]] of (open ?? []).entries()) {
      symlinkSync(path, join(folder, 'fd', String(fd)));
      writeFileSync(join(folder, 'fdinfo', String(fd)), `pos:\t0\nflags:\t${flags}\nmnt_id:\t30\n`);
    }
  }
  return proc;
}

function look(root: string, ...processes: readonly FakeProcess[]): Proof {
  return lookAtProcesses({ root, proc: procfs(...processes), leftOut: [1] });
}

function codes({ refusals }: Proof): readonly string[] {
  return refusals.map(({ code }) => code);
}

test('a machine without a registry is let through, with what was looked at', () => {
  expect(look(volume(), { command: ['/sbin/init'] }, { command: ['bash'] })).toEqual({
    refusals: [],
    warnings: [],
    notes: [
      'no registry process of this volume and no open writer of it among 2 processes of this machine; of other machines this says nothing',
    ],
  });
});

describe('a registry process', () => {
  const root = volume();
  const config = writeRegistryConfig(root);
  const elsewhere = writeRegistryConfig(volume());

  test.each<[string, FakeProcess]>([
    ['of upstream', { command: ['/bin/registry', 'serve', config] }],
    ['of Debian', { command: ['docker-registry', 'serve', config] }],
    ['of Harbor', { command: ['/usr/bin/registry_DO_NOT_USE_GC', 'serve', config] }],
    ['under another name, by its file', { command: ['x', 'serve', config], exe: '/bin/registry' }],
    ['whose file was replaced', { command: ['x', 'serve', config], exe: '/bin/registry (deleted)' }],
    ['that collects garbage', { command: ['registry', 'garbage-collect', '-m', config] }],
    [
      'with its config in the environment',
      { command: ['registry', 'serve'], environment: { REGISTRY_CONFIGURATION_PATH: config } },
    ],
    [
      'whose environment names this volume',
      { command: ['registry', 'serve', elsewhere], environment: { REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY: root } },
    ],
    ['with a relative path', { command: ['registry', 'serve', 'config.yml'], cwd: join(config, '..') }],
  ])('%s that keeps its data here is refused', (_what, one) => {
    const proof = look(root, one);
    expect(codes(proof)).toEqual(['registry-running']);
    expect(proof.refusals[0]?.message).toBe(
      `process 100 (${one.command.join(' ')}) is a registry that keeps its data in ${root}`,
    );
    expect(proof.notes).toEqual([]);
  });

  test.each<[string, FakeProcess, string]>([
    ['without a config', { command: ['registry', 'serve'] }, 'its config cannot be found'],
    ['whose config is gone', { command: ['registry', 'serve', '/nonexistent.yml'] }, 'its config cannot be found'],
    ['whose config is none', { command: ['registry', 'serve', '/etc/hostname'] }, 'cannot be read'],
    [
      'with a variable for all of the storage',
      { command: ['registry', 'serve', elsewhere], environment: { REGISTRY_STORAGE: 'filesystem' } },
      'its environment says where',
    ],
    [
      'whose root is gone',
      {
        command: ['registry', 'serve', elsewhere],
        environment: { REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY: '/nonexistent' },
      },
      'its rootdirectory /nonexistent cannot be found',
    ],
  ])('%s may be ours, and is refused', (_what, one, why) => {
    const proof = look(root, one);
    expect(codes(proof)).toEqual(['registry-running']);
    expect(proof.refusals[0]?.message).toContain(why);
  });

  test('of another volume is only warned of', () => {
    const proof = look(root, { command: ['registry', 'serve', elsewhere] });
    expect(codes(proof)).toEqual([]);
    expect(proof.warnings).toEqual([expect.stringContaining('is a registry, of another volume')]);
  });

  test('of a bucket is only warned of', () => {
    const path = join(temporaryFolder('config'), 'config.yml');
    writeFileSync(path, 'storage: {s3: {bucket: b}}');
    expect(codes(look(root, { command: ['registry', 'serve', path] }))).toEqual([]);
  });

  test.each([
    ['a program of that name that does something else', ['registry', '--version']],
    ['a mention of it', ['vi', 'registry', 'serve']],
    ['a kernel thread', []],
  ])('is not %s', (_what, command) => {
    expect(look(root, { command })).toMatchObject({ refusals: [], warnings: [] });
  });

  describe('in a container', () => {
    /** Its root holds the config, and the volume under another path: here by a link, as a mount is one file system. */
    function container(mounted: string): string {
      const inside = temporaryFolder('container');
      mkdirSync(join(inside, 'etc/mounted'), { recursive: true });
      mkdirSync(join(inside, 'var/lib'), { recursive: true });
      writeFileSync(
        join(inside, 'etc/mounted/config.yml'),
        'storage: {filesystem: {rootdirectory: /var/lib/registry}}',
      );
      // Followed below the root of the container: below ours it would lead nowhere.
      symlinkSync('/etc/mounted/config.yml', join(inside, 'etc/config.yml'));
      mkdirSync(join(inside, 'var/lib/registry'));
      symlinkSync(join(mounted, 'docker'), join(inside, 'var/lib/registry/docker'));
      return inside;
    }

    test('is found by its own root, and by the inode of the layout', () => {
      const one = { command: ['registry', 'serve', '/etc/config.yml'], root: container(root) };
      expect(codes(look(root, one))).toEqual(['registry-running']);
      expect(codes(look(volume(), one))).toEqual([]);
    });
  });
});

describe('an open file below the registry root', () => {
  const root = volume();
  const file = join(root, 'docker/registry/v2/repositories/app/_manifests/tags/v1/current/link');

  test.each([
    ['for writing', '0100001'],
    ['for reading and writing', '0100002'],
    ['for appending', '0102001'],
    ['in a way that is not told', ''],
  ])('%s is refused', (_what, flags) => {
    const proof = look(root, {
      command: ['cp', 'a', 'b'],
      open: [
        ['/dev/null', '0100002'],
        [file, flags],
      ],
    });
    expect(proof.refusals.map(({ code, message }) => ({ code, message }))).toEqual([
      { code: 'open-writer', message: `process 100 (cp a b) has ${file} open for writing` },
    ]);
  });

  test('for reading is only warned of', () => {
    const proof = look(root, { command: ['less', file], open: [[file, '0100000']] });
    expect(codes(proof)).toEqual([]);
    expect(proof.warnings).toEqual([`process 100 (less ${file}) has ${file} open`]);
  });

  test('that was deleted while it is open is refused all the same', () => {
    const gone = join(root, 'docker/registry/v2/repositories/app/_uploads/1/data (deleted)');
    expect(codes(look(root, { command: ['x'], open: [[gone, '0100001']] }))).toEqual(['open-writer']);
  });

  test('is no matter where it is the lock of a sweep of ours, which says itself who may go on', () => {
    const lock = join(root, '.regsweep/lock.sqlite');
    mkdirSync(join(root, '.regsweep'));
    writeFileSync(lock, '');
    expect(codes(look(root, { command: ['x'], open: [[lock, '0100002']] }))).toEqual([]);
  });

  test('beside the root, or under a name that begins like it, is nobody else’s business', () => {
    mkdirSync(`${root}-2`);
    writeFileSync(`${root}-2/file`, '');
    expect(look(root, { command: ['x'], open: [[`${root}-2/file`, '0100002']] }).warnings).toEqual([]);
  });

  test('a shell that stands there is only warned of', () => {
    const proof = look(root, { command: ['bash'], cwd: join(root, 'docker') });
    expect(codes(proof)).toEqual([]);
    expect(proof.warnings).toEqual([`process 100 (bash) stands in ${join(root, 'docker')}`]);
  });
});

test('our own process is left out', () => {
  const root = volume();
  const proc = procfs({ command: ['node'], cwd: root, open: [[join(root, 'docker'), '0100001']] });
  expect(lookAtProcesses({ root, proc, leftOut: [100] })).toMatchObject({ refusals: [], warnings: [] });
});

test('without a procfs it is said that nothing could be looked at', () => {
  const proof = lookAtProcesses({ root: volume(), proc: '/nonexistent', leftOut: [1] });
  expect(proof).toEqual({
    refusals: [],
    warnings: ['/nonexistent cannot be read: whether a registry runs could not be looked at'],
    notes: [],
  });
});

test('in a process namespace of its own it is said that others cannot be seen', () => {
  const proc = procfs({ command: ['bash'] });
  const { warnings } = lookAtProcesses({ root: volume(), proc: join(proc, '.'), leftOut: [1] });
  expect(warnings).toEqual([]);
  const inner = temporaryFolder('proc');
  mkdirSync(join(inner, '100'));
  expect(lookAtProcesses({ root: volume(), proc: inner, leftOut: [1] }).warnings).toEqual([
    'processes outside of this container cannot be seen from here',
  ]);
});

describe.skipIf(!existsSync('/proc/self/fdinfo'))('real processes', () => {
  const children: ChildProcess[] = [];
  afterEach(async () => {
    for (const child of children.splice(0)) await end(child);
  });

  async function end(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  /** Other tests run registries and servers beside this one: only what names this volume counts. */
  function lookFor(root: string): Pick<Proof, 'refusals' | 'warnings'> {
    const { refusals, warnings } = lookAtProcesses({ root, proc: '/proc', leftOut: [process.pid] });
    return {
      refusals: refusals.filter(({ message }) => message.includes(root)),
      warnings: warnings.filter((warning) => warning.includes(root)),
    };
  }

  test.skipIf(!hasRealRegistry())('a registry is seen while it runs, and not once it is stopped', async () => {
    const root = volume();
    const registry = await startRegistry(root);
    try {
      const { refusals } = lookFor(root);
      expect(refusals.map(({ code }) => code)).toEqual(['registry-running']);
      expect(refusals[0]?.message).toContain('docker-registry serve ');
    } finally {
      await registry.stop();
    }
    expect(lookFor(root)).toEqual({ refusals: [], warnings: [] });
  });

  test('one that writes is seen, and one that only stands there is warned of', async () => {
    const root = volume();
    const file = join(root, 'docker/registry/v2/blobs/file');
    const writer = openSync(file, 'w');
    const child = spawn('sleep', ['60'], { cwd: root, stdio: ['ignore', writer, 'ignore'] });
    children.push(child);
    closeSync(writer);
    await once(child, 'spawn');
    expect(lookFor(root).refusals).toMatchObject([
      { code: 'open-writer', message: `process ${child.pid ?? 0} (sleep 60) has ${file} open for writing` },
    ]);
    await end(child);
    const idle = spawn('sleep', ['60'], { cwd: root, stdio: 'ignore' });
    children.push(idle);
    await once(idle, 'spawn');
    expect(lookFor(root)).toEqual({
      refusals: [],
      warnings: [`process ${idle.pid ?? 0} (sleep 60) stands in ${root}`],
    });
  });
});
