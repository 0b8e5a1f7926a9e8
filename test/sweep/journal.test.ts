/** The way back is a file: what was written is what is read, whatever names are in it. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Action } from '../../src/gc/action.ts';
import { JournalReader, JournalWriter } from '../../src/sweep/journal.ts';
import { readFileSync } from 'node:fs';
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

function journalOf(actions: readonly Action[]): string {
  const path = join(temporaryFolder('journal'), 'journal.ndjson');
  const writer = new JournalWriter(path, { schema: 'regsweep.plan/1', mode: 'revisions' });
  for (const action of actions) writer.add(action, `trash/${action.path}`, undefined);
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
