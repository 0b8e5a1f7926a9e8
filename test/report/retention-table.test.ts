/** Why tags stay or go, as a table. */
import { expect, test } from 'vitest';
import { styleFor } from '../../src/report/appearance.ts';
import { drawRetention } from '../../src/report/table-retention.ts';
import { widthOf } from '../../src/report/text.ts';

const DIGEST = `sha256:${'a4d1ee52352b'.padEnd(64, '0')}`;
const TAGS = [
  { tag: 'latest', kept: true, reasons: ['protected', 'last 1 of 1', 'daily 1 of 2: 2026-06-02'] },
  {
    tag: '20240101-00',
    kept: false,
    reasons: ['last 1: it is image 5', 'daily 2: 2026-03-03 is older than those', `does not match ${'x'.repeat(90)}`],
  },
].map((tag) => ({ ...tag, digest: DIGEST, pushedAt: '2026-06-02T01:55:00.000Z' }));

test('in 80 columns no reason is lost: the digest makes room, and what is still too long goes on below', () => {
  const style = styleFor({ width: 80, color: false, ascii: false });
  expect(drawRetention([{ repository: 'team/app', policy: 'builds', tags: TAGS }], style)).toEqual([
    'Tags of team/app  by builds: 1 tag stays, 1 goes',
    '        tag          pushed            because',
    '  keep  latest       2026-06-02 01:55  protected; last 1 of 1; daily 1 of 2:',
    '                                       2026-06-02',
    '  go    20240101-00  2026-06-02 01:55  last 1: it is image 5; daily 2:',
    '                                       2026-03-03 is older than those; does not',
    '                                       match',
    `                                       ${'x'.repeat(40)}…`,
  ]);
});

test.each([40, 50])('in %d columns the heading goes on below', (width) => {
  const tags = TAGS.map((tag) => ({ ...tag, reasons: [] }));
  const lines = drawRetention(
    [{ repository: 'team/platform/frontend', policy: 'command line', tags }],
    styleFor({ width, color: true, ascii: false }),
  );
  expect(lines.filter((line) => widthOf(line) > width)).toEqual([]);
  expect(lines.slice(0, 2)).toEqual(
    ['Tags of team/platform/frontend', '  by command line: 1 tag stays, 1 goes'].map((line, at) =>
      at === 0 ? `\u001b[1m${line}\u001b[22m` : line,
    ),
  );
});
