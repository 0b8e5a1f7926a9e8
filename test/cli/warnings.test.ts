/** Damage does not change the exit status: every command that looks at the volume says it on stderr. */
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { runProgram } from '../../src/cli/run-program.ts';
import { damage } from '../support/damage.ts';
import { copyFixture } from '../support/fixture.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { memoryContext } from '../support/memory-stream.ts';

const COMMANDS = [
  ['report'],
  ['rank'],
  ['rank', '--format', 'csv'],
  ['scan'],
  ['ls'],
  ['ls', 'nightly'],
  ['ls', '--json'],
] as const;

let sound: string;
let damaged: string;
beforeAll(async () => {
  sound = await copyFixture();
  damaged = await copyFixture();
  damage('tag-current-empty').inflict(damaged);
  damage('repository-stray-file').inflict(damaged);
});

async function run(root: string, [command = '', ...rest]: readonly string[]) {
  const context = memoryContext();
  const database = join(temporaryFolder('index'), 'index.sqlite');
  const status = await runProgram([command, root, ...rest, '--db', database], context);
  return { status, stdout: context.stdout.text, stderr: context.stderr.text };
}

describe.each(COMMANDS.map((command) => ({ command, shown: command.join(' ') })))('$shown', ({ command }) => {
  it('warns of damage, and is done all the same', async () => {
    const { status, stdout, stderr } = await run(damaged, command);
    expect(stderr).toBe('warning: damage was found: 1 error, 1 warning\n');
    expect(stdout).not.toBe('');
    expect(status).toBe(0);
  });

  it('says nothing where there is none', async () => {
    expect(await run(sound, command)).toMatchObject({ status: 0, stderr: '' });
  });

  it('says nothing where it is to be quiet', async () => {
    expect(await run(damaged, [...command, '--quiet'])).toMatchObject({ status: 0, stderr: '' });
  });
});
