/** The question before a sweep or a purge is carried out, on a terminal that `script` (util-linux) makes. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BUILT_PROGRAM } from '../support/built-program.ts';
import type { SweepResult } from '../../src/report/model-sweep.ts';
import { APPLY, operatedVolume, STOPPED, type OperatedVolume } from '../support/operated-volume.ts';
import { temporaryFolder } from '../support/temporary.ts';

const QUESTION = 'Type yes to go on: ';

interface Shown {
  readonly status: number | null;
  readonly shown: string;
}

function onTerminal(volume: OperatedVolume, typed: string, ...options: readonly string[]): Promise<Shown> {
  return commandOnTerminal(volume, typed, 'sweep', ...APPLY, ...options);
}

/** Types once it is asked. */
async function commandOnTerminal(
  volume: OperatedVolume,
  typed: string,
  command: string,
  ...options: readonly string[]
): Promise<Shown> {
  const words = [process.execPath, BUILT_PROGRAM, command, volume.root, ...options];
  const child = spawn('script', ['-qec', words.join(' '), '/dev/null'], {
    env: { PATH: process.env['PATH'], XDG_CACHE_HOME: volume.cache, TERM: 'dumb' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let shown = '';
  let isTyped = false;
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    shown += piece;
    if (isTyped || !shown.includes(QUESTION)) return;
    isTyped = true;
    child.stdin.write(typed);
  });
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, shown };
}

const hasScript = spawnSync('script', ['--version']).status === 0;

describe.skipIf(!hasScript)('on a terminal', () => {
  it.each(['no\n', '\n', 'y\n', 'YES\n', '\u0004', '\u0003'])(
    '%j is no: 130, and nothing is changed',
    async (typed) => {
      const volume = operatedVolume();
      const before = volume.everything();
      const { status, shown } = await onTerminal(volume, typed);
      expect(status, shown).toBe(130);
      expect(shown).toContain(QUESTION);
      expect(shown).toMatch(/nothing was changed\r?\n.*only the whole word yes goes on; --yes asks nothing\r?\n$/);
      expect(volume.everything()).toEqual(before);
    },
  );

  it('yes is yes, and says beforehand what goes where', async () => {
    const volume = operatedVolume();
    const before = volume.layout();
    const { status, shown } = await onTerminal(volume, 'yes\n');
    expect(status, shown).toBe(0);
    const question = shown.slice(0, shown.indexOf(QUESTION)).replace(/\s+/g, ' ');
    expect(question).toContain(`21 deletions, `);
    expect(question).toContain(volume.root);
    expect(question).toContain('can be restored');
    expect(volume.changedSince(before)).not.toEqual([]);
  });

  it('with --max-bytes it tells what goes now, and not the whole plan', async () => {
    const volume = operatedVolume();
    const { budget } = await volume.json('sweep', '--min-age', '0', '--max-bytes', '9K');
    const { shown } = await onTerminal(volume, 'no\n', '--max-bytes', '9K');
    expect(budget?.left).toBeGreaterThan(0);
    expect(shown.replace(/\s+/g, ' ')).toContain(` ${budget?.actions ?? 0} deletions, `);
    expect(shown).not.toContain('21 deletions');
  });

  it.each([['no\n'], ['yes\n']])(
    'the whole plan stands above the question, and stdout stays data: %j',
    async (typed) => {
      const volume = operatedVolume();
      const file = join(temporaryFolder('stdout'), 'result.json');
      const { shown } = await onTerminal(volume, typed, '--json', '>', file);
      const question = shown.slice(0, shown.indexOf(QUESTION));
      expect(question).toMatch(/^Would go\r?\n/m);
      expect(question).toMatch(/^ +layer links +\d+/m);
      expect(question).toMatch(/^ +in all +/m);
      // What comes next is the question.
      expect(question).not.toMatch(/^Next/m);
      const stdout = readFileSync(file, 'utf8');
      if (typed === 'no\n') expect(stdout).toBe('');
      else expect((JSON.parse(stdout) as SweepResult).done?.actions).toBe(21);
    },
  );

  it('--no-trash says that there is no way back', async () => {
    const { status, shown } = await onTerminal(operatedVolume(), 'no\n', '--no-trash');
    expect(status).toBe(130);
    expect(shown.replace(/\s+/g, ' ')).toContain('no way back');
  });

  it('--yes asks nothing', async () => {
    const { status, shown } = await onTerminal(operatedVolume(), '', '--yes');
    expect(status, shown).toBe(0);
    expect(shown).not.toContain(QUESTION);
    expect(shown).not.toContain('Would go');
  });
});

describe.skipIf(!hasScript)('purge on a terminal', () => {
  it.each(['no\n', '\u0004', '\u0003'])('%j is no: 130, and the run can still be restored', async (typed) => {
    const volume = operatedVolume();
    const { run, actions } = await volume.carriedOut('sweep');
    const { status, shown } = await commandOnTerminal(volume, typed, 'purge');
    expect(status, shown).toBe(130);
    expect(shown).toContain(QUESTION);
    expect(shown).toMatch(/nothing was changed\r?\n.*only the whole word yes goes on; --yes asks nothing\r?\n$/);
    expect((await volume.json('runs')).runs).toMatchObject([{ run, state: 'trash' }]);
    expect((await volume.json('restore', run, ...STOPPED)).done?.restored).toBe(actions);
  });

  it('yes is yes, and shows beforehand what is freed for good', async () => {
    const volume = operatedVolume();
    const { run } = await volume.carriedOut('sweep');
    const { status, shown } = await commandOnTerminal(volume, 'yes\n', 'purge');
    expect(status, shown).toBe(0);
    const question = shown.slice(0, shown.indexOf(QUESTION)).replace(/\s+/g, ' ');
    expect(question).toContain(run);
    expect(question).toContain(`1 run of ${volume.root}`);
    expect(question).toContain('no way back');
    expect((await volume.json('runs')).runs).toMatchObject([{ run, state: 'purged' }]);
  });

  it('--yes asks nothing, and where there is nothing to free nothing is asked either', async () => {
    const volume = operatedVolume();
    const { shown: nothing } = await commandOnTerminal(volume, '', 'purge');
    expect(nothing).toContain('Nothing to purge.');
    expect(nothing).not.toContain(QUESTION);
    await volume.carriedOut('sweep');
    const { status, shown } = await commandOnTerminal(volume, '', 'purge', '--yes');
    expect(status, shown).toBe(0);
    expect(shown).not.toContain(QUESTION);
  });
});
