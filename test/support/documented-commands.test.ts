import { expect, test } from 'vitest';
import { documentedCommands } from './documented-commands.ts';

const page = (...lines: readonly string[]): string => lines.join('\n');

test('each line of a block sh is a command; what prints is not said', () => {
  const text = page('Text', '```sh', '# a remark', 'first one', '', 'second \\', '  goes on', '```', 'first two');
  expect(documentedCommands(text)).toEqual([
    { command: 'first one', status: 0, line: 4 },
    { command: 'second \\\n  goes on', status: 0, line: 7 },
  ]);
});

test('in a block console a command is followed by what it prints, which may be nothing', () => {
  const text = page('```console', '$ first', 'printed', 'twice', "$ second '", "> goes on' # exit 3", '```');
  expect(documentedCommands(text)).toEqual([
    { command: 'first', status: 0, line: 2, output: 'printed\ntwice', printedFrom: 3 },
    { command: "second '\ngoes on'", status: 3, line: 5, output: '', printedFrom: 7 },
  ]);
});

test('other blocks have no commands, and a block without an end is none', () => {
  expect(documentedCommands(page('```bash', 'docker ps', '```', '```text', '$ no', '```'))).toEqual([]);
  expect(() => documentedCommands(page('```sh', 'first'))).toThrow('line 2');
});
