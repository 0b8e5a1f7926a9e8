import { expect, test } from 'vitest';
import { WORDS, type FigureWord } from '../../src/gate/words.ts';
import { gateFigures } from '../../src/query/gate-figures.ts';
import { fullReport } from '../report/sample.ts';

const { of, storedBytes } = gateFigures(fullReport({ complete: false }));

test.each<[FigureWord, number]>([
  ['stored', 52_345_678_901],
  ['referenced', 46_000_000_000],
  ['unreferenced', 6_345_678_901],
  ['reclaimable', 6_120_000_000],
  ['reclaimable-disk', 6_130_004_608],
  ['orphaned', 6_000_000_000],
  ['if-untagged', 21_000_000_000],
  ['if-untagged-disk', 21_010_000_000],
  ['stale-uploads', 120_000_000],
  ['held', 345_678_901],
  ['held-excluded', 45_678_901],
  ['held-damaged', 100_000_000],
  ['held-young', 200_000_000],
  ['trash', 3_000_000_000],
  ['trash-disk', 3_000_500_000],
  ['trash-runs', 2],
  ['damage', 1],
  ['warnings', 2],
  ['incomplete', 1],
  ['repositories', 11],
  ['tags', 165],
  ['revisions', 275],
  ['untagged-revisions', 110],
  ['orphaned-layers', 55],
  ['manifests', 312],
  ['blobs', 12_345],
  ['uploads', 3],
  ['scan-age', 2],
])('%s', (word, expected) => {
  expect(of(word)).toBe(expected);
});

test('every word has a figure, and a code is how often it was found', () => {
  for (const word of Object.keys(WORDS)) expect(of(word as FigureWord), word).toEqual(expect.any(Number));
  expect(of('dangling-layer-link')).toBe(2);
  expect(of('io-error')).toBe(0);
  expect(storedBytes).toBe(52_345_678_901);
});
