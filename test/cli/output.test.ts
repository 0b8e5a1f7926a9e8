import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  appearanceOf,
  refuseOutputUnder,
  speaksUnicode,
  wantsColor,
  writeLines,
  writeOutput,
} from '../../src/cli/output.ts';
import { AppError } from '../../src/shared/errors.ts';
import { memoryContext, MemoryStream, withoutUndefined } from '../support/memory-stream.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'regsweep-output-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('writing', () => {
  test.each([undefined, '-'])('to stdout when the destination is %j', async (destination) => {
    const stdout = withoutUndefined(new MemoryStream());
    await writeOutput('data\n', destination, stdout);
    expect(stdout.text).toBe('data\n');
  });

  test('to a file, over what was there, and not to stdout', async () => {
    const stdout = withoutUndefined(new MemoryStream());
    const file = join(folder, 'report.json');
    writeFileSync(file, 'something longer than the new text');
    await writeOutput('new\n', file, stdout);
    expect(readFileSync(file, 'utf8')).toBe('new\n');
    expect(stdout.text).toBe('');
  });

  test('into a device, not over it', async () => {
    await writeOutput('gone\n', '/dev/null', withoutUndefined(new MemoryStream()));
    expect(readFileSync('/dev/null', 'utf8')).toBe('');
  });

  test('into a folder that is not there fails, and says so', async () => {
    const file = join(folder, 'absent', 'report.json');
    await expect(writeOutput('x', file, withoutUndefined(new MemoryStream()))).rejects.toMatchObject({
      code: 'output-failed',
      message: expect.stringContaining(file) as unknown,
    });
    expect(existsSync(file)).toBe(false);
  });

  test('line by line, to stdout', async () => {
    const stdout = withoutUndefined(new MemoryStream());
    const lines = Array.from({ length: 20_000 }, (_, number) => `line ${number}\n`);
    await writeLines(lines, undefined, stdout);
    expect(stdout.text).toBe(lines.join(''));
  });

  test('line by line, to a reader that has gone: no more lines are made', async () => {
    let made = 0;
    const lines = function* (): Generator<string> {
      for (;;) {
        made++;
        yield 'x'.repeat(1000);
      }
    };
    await expect(writeLines(lines(), undefined, failingStream('EPIPE'))).resolves.toBeUndefined();
    expect(made).toBeLessThan(1000);
  });

  test('line by line, to a file, of which nothing is left when a line cannot be made', async () => {
    const file = join(folder, 'plan');
    writeFileSync(file, 'the one before');
    const lines = function* (): Generator<string> {
      yield 'x'.repeat(100_000);
      throw new AppError('interrupted', 'interrupted');
    };
    const writing = writeLines(lines(), file, withoutUndefined(new MemoryStream()));
    await expect(writing).rejects.toMatchObject({ code: 'interrupted' });
    expect(readdirSync(folder)).toEqual(['plan']);
    expect(readFileSync(file, 'utf8')).toBe('the one before');
  });

  function failingStream(code: string): Writable {
    const error = Object.assign(new Error(`write ${code}`), { code });
    return new Writable({ write: (_chunk, _encoding, done) => done(error) });
  }

  test('to a reader that has gone is no failure', async () => {
    await expect(writeOutput('data\n', undefined, failingStream('EPIPE'))).resolves.toBeUndefined();
  });

  test('to a full disk is one', async () => {
    await expect(writeOutput('data\n', undefined, failingStream('ENOSPC'))).rejects.toMatchObject({
      code: 'output-failed',
      message: 'cannot write to stdout: write ENOSPC',
    });
  });
});

describe('a file under the registry root is refused before any work', () => {
  test('as named, not there yet, through a link, and as the root itself', async () => {
    const root = join(folder, 'registry');
    mkdirSync(join(root, 'docker'), { recursive: true });
    symlinkSync(root, join(folder, 'link'));
    for (const file of [join(root, 'report.json'), join(root, 'docker', 'x'), join(folder, 'link', 'x'), root]) {
      await expect(refuseOutputUnder(root, file)).rejects.toMatchObject({ code: 'usage' });
    }
  });

  test('beside it, with a name that begins like it, and stdout are fine', async () => {
    const root = join(folder, 'registry');
    mkdirSync(root);
    for (const file of [join(folder, 'registry.json'), join(folder, '..x'), undefined, '-']) {
      await expect(refuseOutputUnder(root, file)).resolves.toBeUndefined();
    }
  });
});

describe('what the output can show', () => {
  const terminal = { ...memoryContext({ LANG: 'en_GB.UTF-8' }), stdout: withoutUndefined(new MemoryStream(true, 132)) };

  test('a terminal says how wide it is; a pipe takes COLUMNS, else the default', () => {
    expect(appearanceOf(terminal, { color: 'auto' })).toEqual({ width: 132, color: true, ascii: false });
    expect(appearanceOf(memoryContext(), { color: 'auto' })).toEqual({ width: 100, color: false, ascii: true });
    expect(appearanceOf(memoryContext({ COLUMNS: '77' }), { color: 'auto' }).width).toBe(77);
    expect(appearanceOf(memoryContext({ COLUMNS: 'wide' }), { color: 'auto' }, Infinity).width).toBe(Infinity);
  });

  test('a file is no terminal, and nothing is narrower than a table can be', () => {
    expect(appearanceOf(terminal, { color: 'auto', output: 'report.txt' })).toMatchObject({ width: 100, color: false });
    const unknowing = { ...terminal, stdout: withoutUndefined(new MemoryStream(true, 0)) };
    expect(appearanceOf(unknowing, { color: 'auto' }).width).toBe(100);
    const narrow = { ...terminal, stdout: withoutUndefined(new MemoryStream(true, 5)) };
    expect(appearanceOf(narrow, { color: 'auto' }).width).toBe(40);
  });

  test.each([
    ['auto', true, {}, true],
    ['auto', false, {}, false],
    ['auto', true, { NO_COLOR: '1' }, false],
    ['auto', true, { NO_COLOR: '' }, true],
    ['auto', true, { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
    ['auto', false, { FORCE_COLOR: '1' }, true],
    ['auto', true, { FORCE_COLOR: '0' }, false],
    ['auto', true, { TERM: 'dumb' }, false],
    ['always', false, { NO_COLOR: '1' }, true],
    ['never', true, { FORCE_COLOR: '1' }, false],
  ] as const)('--color %s, terminal %s, %j: %s', (option, isTerminal, environment, expected) => {
    expect(wantsColor(option, isTerminal, environment)).toBe(expected);
  });

  test.each([
    [{}, false],
    [{ LANG: 'C' }, false],
    [{ LANG: 'de_AT.utf8' }, true],
    [{ LANG: 'en_GB.UTF-8', LC_ALL: 'C' }, false],
    [{ LANG: 'C', LC_CTYPE: 'C.UTF-8', LC_ALL: '' }, true],
  ])('%j speaks Unicode: %s', (environment, expected) => {
    expect(speaksUnicode(environment)).toBe(expected);
  });
});
