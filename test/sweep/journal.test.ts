/** The way back is a file: what was written is what is read, whatever names are in it. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Action } from '../../src/gc/action.ts';
import { JournalReader, JournalWriter, type FolderState } from '../../src/sweep/journal.ts';
import { readFileSync } from 'node:fs';
import { forgeJournal } from '../support/forged-journal.ts';
import { temporaryFolder } from '../support/temporary.ts';

const ACTION: Action = {
  kind: 'upload',
  batch: 2,
  path: 'repositories/app/_uploads/"quoted"\n\u2028\u001b[2J',
  repository: 'app',
  bytes: 7,
  diskBytes: 4096,
  expect: { bytes: 7, modifiedAt: null },
  reason: { code: 'stale', text: 'nobody has fed it' },
};
const FOLDER: FolderState = { mode: 0o755, uid: 0, gid: 0, modifiedAt: '2026-03-01T00:00:00.000Z' };

function journalOf(actions: readonly Action[], folder?: FolderState): string {
  const path = join(temporaryFolder('journal'), 'journal.ndjson');
  const writer = new JournalWriter(path, { schema: 'regsweep.plan/1', mode: 'revisions' });
  for (const action of actions) writer.add(action, { trash: `trash/${action.path}`, ...(folder && { folder }) });
  writer.end();
  writer.close();
  return path;
}

test('a line holds all of its action, as JSON would spell it', () => {
  const lines = readFileSync(journalOf([ACTION]), 'utf8').split('\n');
  expect(JSON.parse(lines[1] ?? '')).toEqual({ ...ACTION, trash: `trash/${ACTION.path}` });
  expect(lines).toHaveLength(4);
});

test('entries are read in any order, many more than a buffer holds', () => {
  const actions = Array.from({ length: 5000 }, (_, at) => ({ ...ACTION, path: `repositories/app/_uploads/${at}` }));
  const reader = new JournalReader(journalOf(actions));
  reader.verify();
  expect(reader.length).toBe(5000);
  for (const at of [4999, 0, 2500]) expect(reader.entry(at).path).toBe(`repositories/app/_uploads/${at}`);
  reader.close();
});

test('a size that is no number is refused before it gets into a journal', () => {
  expect(() => journalOf([{ ...ACTION, diskBytes: NaN }])).toThrow(RangeError);
});

test.each<readonly [string, Partial<Action>, FolderState]>([
  [
    'a time that needs six digits for its year',
    { expect: { bytes: 7, modifiedAt: '+011476-08-15T12:00:00.000Z' } },
    FOLDER,
  ],
  ['a folder whose time no calendar has', {}, { ...FOLDER, modifiedAt: null }],
  ['a sparse file of 8 EiB', { bytes: 2 ** 63, expect: { bytes: 2 ** 63, modifiedAt: null } }, FOLDER],
])('what a volume may hold is read back: %s', (_what, change, folder) => {
  const action = { ...ACTION, ...change };
  const reader = new JournalReader(journalOf([action], folder));
  reader.verify();
  expect(reader.entry(0)).toEqual({ ...action, trash: `trash/${action.path}`, folder });
  reader.close();
});

describe('a line that was not written by a sweep is refused by its number, though the sum is right', () => {
  test.each<readonly [string, unknown]>([
    ['kind', 'everything'],
    ['batch', 0],
    ['path', ''],
    ['digest', 'sha256:xyz'],
    ['digest', 'sha256:'],
    ['bytes', -1],
    ['diskBytes', 'many'],
    ['expect', { link: null, modifiedAt: 'yesterday' }],
    ['reason', null],
    ['folder', { ...FOLDER, modifiedAt: 'yesterday' }],
    ['folder', { ...FOLDER, modifiedAt: '2026-13-01T00:00:00.000Z' }],
    ['folder', { ...FOLDER, uid: -1 }],
    ['folder', { ...FOLDER, mode: 0.5 }],
  ])('%s: %j', (field, value) => {
    const path = journalOf([ACTION, ACTION], FOLDER);
    forgeJournal(path, (line, number) => (number === 3 ? { ...line, [field]: value } : line));
    const reader = new JournalReader(path);
    reader.verify();
    expect(reader.entry(0).path).toBe(ACTION.path);
    expect(() => reader.entry(1)).toThrow(
      expect.objectContaining({
        code: 'plan-invalid',
        message: expect.stringContaining(`line 3: ${field}`) as string,
      }) as Error,
    );
    reader.close();
  });
});
