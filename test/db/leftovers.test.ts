/** What a process that was killed left beside the index goes with the next scan; what may still be written stays. */
import { readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { removeLeftovers, temporaryNameOf } from '../../src/db/leftovers.ts';
import { layer } from '../support/content.ts';
import { image } from '../support/images.ts';
import { openedOf } from '../support/report-of.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { createTree } from '../support/tree.ts';

const MINUTE = 60_000;

function leave(path: string, minutesAgo: number): string {
  writeFileSync(path, 'half an index');
  const time = new Date(Date.now() - minutesAgo * MINUTE);
  utimesSync(path, time, time);
  return basename(path);
}

it('a scan removes the leftovers of its own index that are older than an hour, and nothing else', async () => {
  const tree = createTree(join(temporaryFolder('leftovers'), 'registry'));
  tree.push('app', '1.0', image({ layers: [layer('app')] }));
  const database = join(temporaryFolder('index'), 'index.sqlite');
  const beside = (name: string): string => join(dirname(database), name);
  leave(temporaryNameOf(database, 4711), 61);
  leave(temporaryNameOf(database, process.pid), 600);
  leave(`${temporaryNameOf(database, 4711)}-journal`, 600);
  const kept = [
    leave(temporaryNameOf(database, 4711), 59),
    leave(`${temporaryNameOf(database, 4711)}-journal`, 59),
    leave(temporaryNameOf(beside('other.sqlite'), 4711), 600),
    leave(beside('index.sqlite.bak.tmp'), 600),
    leave(beside('index.sqlite.4711.notes.tmp'), 600),
  ];
  await openedOf(tree.root, { request: { database } });
  expect(readdirSync(dirname(database))).toEqual(['index.sqlite', ...kept].toSorted());
});

it('two writings of one process have names of their own', () => {
  expect(temporaryNameOf('/x/index.sqlite', 7)).toMatch(/^\/x\/index\.sqlite\.7\.[0-9a-f]{8}\.tmp$/);
  expect(temporaryNameOf('/x/index.sqlite', 7)).not.toBe(temporaryNameOf('/x/index.sqlite', 7));
});

it('a folder that is not there is no failure: writing says what is wrong with it', () => {
  expect(() => removeLeftovers(join(temporaryFolder('none'), 'nowhere/index.sqlite'), Date.now())).not.toThrow();
});
