import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { countCalls, FAULT_ERRNOS, runWithFault, type Call, type Command, type FaultErrno } from './faults.ts';
import { temporaryFolder } from './temporary.ts';

interface Place {
  readonly folder: string;
  readonly outside: string;
}

/** A folder with three files, and one beside it with a name that begins the same. */
function place(): Place {
  const above = temporaryFolder('fault-place');
  const [folder, outside] = [join(above, 'volume'), join(above, 'volume-beside')];
  mkdirSync(folder);
  mkdirSync(outside);
  for (const name of ['a', 'b', 'c']) writeFileSync(join(folder, name), name);
  return { folder, outside };
}

/** A program on that place: `inside(NAME)` and `outside(NAME)` are paths, and `fs` is at hand. */
function program({ folder, outside }: Place, script: string): Command {
  const head =
    "const fs = require('node:fs'); const inside = (name) => process.argv[1] + '/' + name;" +
    "const outside = (name) => process.argv[2] + '/' + name;";
  return { argv: ['-e', head + script, folder, outside], folder };
}

function spelled(calls: readonly Call[], folder: string): readonly string[] {
  return calls.map(({ name, path, to }) => {
    const places = [path, ...(to === undefined ? [] : [to])].map((one) => one.replace(`${folder}/`, ''));
    return `${name} ${places.join(' ')}`;
  });
}

const REMOVE_ALL = "for (const name of ['a', 'b', 'c']) fs.unlinkSync(inside(name));";

/** Each way by which Node changes anything, synchronously. */
const EVERY_WAY = `
  const file = fs.openSync(inside('new'), 'wx');
  fs.writeSync(file, 'x'); fs.writeSync(file, 'x', 5); fs.writevSync(file, [Buffer.from('1'), Buffer.from('2')]);
  fs.writevSync(file, [Buffer.from('1'), Buffer.from('2')], 3);
  fs.fsyncSync(file); fs.fdatasyncSync(file); fs.ftruncateSync(file, 1);
  fs.fchmodSync(file, 0o600); fs.fchownSync(file, process.getuid(), process.getgid()); fs.futimesSync(file, 1, 1);
  fs.closeSync(file);
  const folder = fs.openSync(inside(''), 'r'); fs.fsyncSync(folder); fs.closeSync(folder);
  fs.chmodSync(inside('new'), 0o640); fs.utimesSync(inside('new'), 1, 1); fs.lutimesSync(inside('new'), 1, 1);
  fs.chownSync(inside('new'), process.getuid(), process.getgid());
  fs.lchownSync(inside('new'), process.getuid(), process.getgid());
  fs.mkdirSync(inside('folder')); fs.linkSync(inside('new'), inside('folder/link'));
  fs.symlinkSync('nowhere', inside('symbolic')); fs.copyFileSync(inside('a'), inside('copy'));
  fs.renameSync(inside('b'), inside('folder/b')); fs.unlinkSync(inside('symbolic'));
  fs.rmSync(inside('c')); fs.mkdirSync(inside('empty')); fs.rmdirSync(inside('empty'));`;

describe('countCalls', () => {
  it('sees each way by which Node changes a folder, once and in order', async () => {
    const here = place();
    const ended = await countCalls(program(here, EVERY_WAY));
    expect(ended).toMatchObject({ status: 0, signal: null, stderr: '' });
    expect(spelled(ended.calls, here.folder)).toEqual([
      ...['open new', 'write new', 'pwrite new', 'writev new', 'pwritev new', 'fsync new', 'fdatasync new'],
      ...['ftruncate new', 'fchmod new', 'fchown new', 'futimens new', `fsync ${here.folder}`],
      ...['chmod new', 'utimensat new', 'utimensat new', 'chown new', 'lchown new'],
      ...['mkdir folder', 'link new folder/link', 'symlink symbolic'],
      ...['open copy', 'ftruncate copy', 'fchmod copy', 'copy_file_range copy'],
      ...['rename b folder/b', 'unlink symbolic', 'unlink c', 'mkdir empty', 'rmdir empty'],
    ]);
    expect(ended.calls.map(({ number }) => number)).toEqual(ended.calls.map((_, position) => position + 1));
  });

  it('sees the same calls each time', async () => {
    const runs = await Promise.all(
      [place(), place()].map(async (here) =>
        spelled((await countCalls(program(here, EVERY_WAY))).calls, here.folder).map((line) =>
          line.replace(here.folder, ''),
        ),
      ),
    );
    expect(runs[0]).toEqual(runs[1]);
  });

  it('leaves out what only reads, and what changes something outside the folder', async () => {
    const here = place();
    const script = `
      fs.readFileSync(inside('a')); fs.readdirSync(inside('')); fs.statSync(inside('b'));
      fs.closeSync(fs.openSync(inside('c'), 'r')); fs.writeFileSync(outside('d'), 'd');
      fs.renameSync(outside('d'), outside('e')); fs.unlinkSync(outside('e')); process.stdout.write('told');`;
    const ended = await countCalls(program(here, script));
    expect(ended).toMatchObject({ status: 0, stdout: 'told', calls: [] });
  });

  it('counts a rename that leaves the folder or comes into it', async () => {
    const here = place();
    const script = `fs.renameSync(inside('a'), outside('a')); fs.renameSync(outside('a'), inside('z'));`;
    expect((await countCalls(program(here, script))).calls).toHaveLength(2);
  });

  it('counts by where a path leads: relative ones, and through a symbolic link', async () => {
    const here = place();
    symlinkSync(here.folder, join(here.outside, 'way'));
    const script = `process.chdir(outside('way')); fs.unlinkSync('a'); fs.unlinkSync(outside('way/b'));
      process.chdir(outside('')); fs.unlinkSync('way');`;
    const { calls } = await countCalls(program(here, script));
    expect(spelled(calls, here.folder)).toEqual(['unlink a', 'unlink b']);
  });

  it('gives each call of several threads a number of its own', async () => {
    const here = place();
    const script = `
      const { Worker } = require('node:worker_threads');
      const work = "const fs = require('node:fs'); const { workerData: at } = require('node:worker_threads');" +
        "for (let i = 0; i < 50; i++) fs.mkdirSync(at + i);";
      for (const name of ['p', 'q', 'r']) new Worker(work, { eval: true, workerData: inside(name) });`;
    const { calls, status } = await countCalls(program(here, script));
    expect(status).toBe(0);
    const numbers = calls.map(({ number }) => number).sort((a, b) => a - b);
    expect(numbers).toEqual(Array.from({ length: 150 }, (_, position) => position + 1));
  });

  it('leaves child processes alone', async () => {
    const here = place();
    const script = `require('node:child_process').execFileSync('rm', [inside('a')]); fs.unlinkSync(inside('b'));`;
    const ended = await countCalls(program(here, script));
    expect(spelled(ended.calls, here.folder)).toEqual(['unlink b']);
    expect(readdirSync(here.folder)).toEqual(['c']);
  });

  it('sees what SQLite does', async () => {
    const here = place();
    const script = `
      const Database = require('better-sqlite3'); const database = new Database(inside('d.sqlite'));
      database.exec('CREATE TABLE t (x); INSERT INTO t VALUES (1)'); database.close();`;
    const { calls, status, stderr } = await countCalls(program(here, script));
    expect(stderr).toBe('');
    expect(status).toBe(0);
    const paths = spelled(calls, here.folder);
    expect(paths).toEqual(expect.arrayContaining(['open d.sqlite', 'pwrite d.sqlite', 'unlink d.sqlite-journal']));
  });
});

describe('runWithFault', () => {
  it.each([1, 2, 3])('kills in place of call %i: the ones before it are done', async (at) => {
    const here = place();
    const ended = await runWithFault(program(here, REMOVE_ALL), { kind: 'kill-before', at });
    expect(ended).toMatchObject({ status: null, signal: 'SIGKILL' });
    expect(ended.calls).toHaveLength(at);
    expect(readdirSync(here.folder)).toEqual(['a', 'b', 'c'].slice(at - 1));
  });

  it.each([1, 2, 3])('kills after call %i: it is done, and none that follows', async (at) => {
    const here = place();
    const ended = await runWithFault(program(here, REMOVE_ALL), { kind: 'kill-after', at });
    expect(ended).toMatchObject({ status: null, signal: 'SIGKILL' });
    expect(readdirSync(here.folder)).toEqual(['a', 'b', 'c'].slice(at));
  });

  it('does nothing where there are fewer calls', async () => {
    const here = place();
    const ended = await runWithFault(program(here, REMOVE_ALL), { kind: 'kill-before', at: 4 });
    expect(ended).toMatchObject({ status: 0, signal: null });
    expect(readdirSync(here.folder)).toEqual([]);
  });

  const tried = (call: string): string => `try { ${call}; console.log('done'); } catch (e) { console.log(e.code); }`;

  it.each(FAULT_ERRNOS)('lets one call fail with %s, and the rest be', async (errno) => {
    const here = place();
    const script = ['a', 'b', 'c'].map((name) => tried(`fs.unlinkSync(inside('${name}'))`)).join('\n');
    const ended = await runWithFault(program(here, script), { kind: 'fail-once', at: 2, errno });
    expect(ended).toMatchObject({ status: 0, stdout: `done\n${errno}\ndone\n` });
    expect(readdirSync(here.folder)).toEqual(['b']);
  });

  it('lets all calls fail from one on', async () => {
    const here = place();
    const script = ['a', 'b', 'c'].map((name) => tried(`fs.unlinkSync(inside('${name}'))`)).join('\n');
    const ended = await runWithFault(program(here, script), { kind: 'fail-from', at: 2, errno: 'EROFS' });
    expect(ended.stdout).toBe('done\nEROFS\nEROFS\n');
    expect(readdirSync(here.folder)).toEqual(['b', 'c']);
  });

  it.each<[string, FaultErrno, string]>([
    ['open', 'ENOSPC', "fs.openSync(inside('d'), 'w')"],
    ['mkdir', 'ENOSPC', "fs.mkdirSync(inside('d'))"],
    ['rename', 'EIO', "fs.renameSync(inside('a'), inside('d'))"],
    ['link', 'EROFS', "fs.linkSync(inside('a'), inside('d'))"],
    ['utimensat', 'EACCES', "fs.utimesSync(inside('a'), 1, 1)"],
    ['chown', 'EACCES', "fs.chownSync(inside('a'), process.getuid(), process.getgid())"],
    ['fsync', 'EIO', "fs.fsyncSync(fs.openSync(inside('a'), 'r'))"],
    ['copy_file_range', 'EIO', "fs.copyFileSync(inside('a'), inside('d'))"],
  ])('%s fails in Node with %s', async (name, errno, call) => {
    const at = (await countCalls(program(place(), call))).calls.find((one) => one.name === name)?.number;
    expect(at).toBeDefined();
    // From there on: for a copy libuv tries other calls where the first one fails.
    const ended = await runWithFault(program(place(), tried(call)), { kind: 'fail-from', at: at ?? 0, errno });
    expect(ended.stdout).toBe(`${errno}\n`);
  });

  it('writes nothing where a write fails', async () => {
    const here = place();
    const script = tried("fs.writeFileSync(inside('a'), 'more', { flag: 'a' })");
    const ended = await runWithFault(program(here, script), { kind: 'fail-once', at: 2, errno: 'ENOSPC' });
    expect(ended.stdout).toBe('ENOSPC\n');
    expect(readFileSync(join(here.folder, 'a'), 'utf8')).toBe('a');
  });

  it('is refused where the folder does not exist', async () => {
    const here = place();
    const command = { ...program(here, REMOVE_ALL), folder: join(here.outside, 'absent') };
    await expect(countCalls(command)).rejects.toThrow(/FAULTS_FOLDER does not exist/);
    expect(existsSync(join(here.folder, 'a'))).toBe(true);
  });
});
