import { expect, test } from 'vitest';
import { rankRows, worstRows } from '../../src/query/rank.ts';
import { RANK_KEYS } from '../../src/report/model.ts';
import type { RankKey, RepositoryRow } from '../../src/report/model.ts';
import { repositoryRow } from '../report/sample.ts';

const FIELD: Record<RankKey, keyof RepositoryRow> = {
  'orphaned-bytes': 'orphanedBytes',
  'orphaned-layers': 'orphanedLayers',
  references: 'references',
  reclaimable: 'reclaimableBytes',
  exclusive: 'exclusiveBytes',
  size: 'bytes',
  tags: 'tags',
  revisions: 'revisions',
  untagged: 'untaggedRevisions',
  growth: 'growthBytes',
};

const names = (rows: readonly RepositoryRow[]) => rows.map((row) => row.name);

test.each(RANK_KEYS)('by %s: the greatest first, by that field and no other', (by) => {
  const rows = [1, 3, 2].map((value) => repositoryRow(`r${value}`, { [FIELD[by]]: value }));
  expect(names(rankRows(rows, by, 10).repositories)).toEqual(['r3', 'r2', 'r1']);
});

test('equals stand by name, in code units', () => {
  const rows = ['b', 'a/b', 'B', 'a'].map((name) => repositoryRow(name));
  expect(names(rankRows(rows, 'size', 10).repositories)).toEqual(['B', 'a', 'a/b', 'b']);
});

test('unknown growth comes last, also after shrinking', () => {
  const rows = [null, -5, 7, null, 0].map((growthBytes, at) => repositoryRow(`r${at}`, { growthBytes }));
  expect(names(rankRows(rows, 'growth', 10).repositories)).toEqual(['r2', 'r4', 'r1', 'r0', 'r3']);
});

test('no more than the top', () => {
  const rows = [1, 2, 3].map((tags) => repositoryRow(`r${tags}`, { tags }));
  expect(names(rankRows(rows, 'tags', 2).repositories)).toEqual(['r3', 'r2']);
});

test('the worst are those that give back; where none does, those that weigh most alone', () => {
  const giving = [
    repositoryRow('gives', { reclaimableBytes: 1 }),
    repositoryRow('heavy', { exclusiveBytes: 9 }),
    repositoryRow('light'),
  ];
  expect(worstRows(giving, 8)).toMatchObject({ by: 'reclaimable', repositories: [{ name: 'gives' }] });
  expect(worstRows(giving.slice(1), 8)).toMatchObject({ by: 'exclusive', repositories: [{ name: 'heavy' }] });
});
