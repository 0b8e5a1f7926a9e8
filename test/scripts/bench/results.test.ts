import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rewrite, withBlock, withRow, withRowInBlock } from '../../../scripts/bench/results.ts';
import { temporaryFolder } from '../../support/temporary.ts';

describe('a block of results', () => {
  const text = '# All\n\n<!-- a -->\n\nold\n\n<!-- end -->\n\n<!-- b -->\n\nother\n\n<!-- end -->\n\nbehind\n';

  it('takes the place of the one of its key, and leaves the rest', () => {
    expect(withBlock(text, 'a', 'new')).toBe(text.replace('old', 'new'));
    expect(withBlock(text, 'b', '\nnew\n')).toBe(text.replace('other', 'new'));
  });

  it('comes last where there is none of its key', () => {
    expect(withBlock(text, 'c', 'new')).toBe(`${text}\n<!-- c -->\n\nnew\n\n<!-- end -->\n`);
  });

  it('must have an end', () => {
    expect(() => withBlock('<!-- a -->\n', 'a', 'new')).toThrow(/no <!-- end -->/);
  });
});

describe('a row of results', () => {
  const table = '| volume  | s   |\n| ------- | --- |\n| M, warm | 1   |\n| M, cold | 2   |';

  it('takes the place of the one with its first cell', () => {
    expect(withRow(table, ['M, warm', '3'])).toBe(table.replace('| M, warm | 1   |', '| M, warm | 3 |'));
  });

  it('comes last where there is none', () => {
    expect(withRow(`\n${table}\n`, ['L, warm', '9'])).toBe(`${table}\n| L, warm | 9 |`);
  });

  it('goes into the table of a block, which must be there', () => {
    const text = `above\n\n<!-- t -->\n\n${table}\n\n<!-- end -->\n\nbelow\n`;
    expect(withRowInBlock(text, 't', ['M, cold', '5'])).toBe(text.replace('| M, cold | 2   |', '| M, cold | 5 |'));
    expect(() => withRowInBlock(text, 'u', ['M, cold', '5'])).toThrow(/no block/);
  });
});

describe('a file of results', () => {
  it('is made where it is not there, and is in the format of the project', async () => {
    const file = join(temporaryFolder('results'), 'first-scan.md');
    await rewrite(file, (text) => withBlock(text, 'a', '| x | y |\n| --- | ---: |\n| long name | 1 |'));
    await rewrite(file, (text) => withRowInBlock(text, 'a', ['z', '22']));
    const rows = ['| x         |   y |', '| --------- | --: |', '| long name |   1 |', '| z         |  22 |'];
    expect(readFileSync(file, 'utf8')).toBe(`<!-- a -->\n\n${rows.join('\n')}\n\n<!-- end -->\n`);
    writeFileSync(file, 'kept\n');
    await rewrite(file, (text) => `${text}\nadded`);
    expect(readFileSync(file, 'utf8')).toBe('kept\n\nadded\n');
  });
});
