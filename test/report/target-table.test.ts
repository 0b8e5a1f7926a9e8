/** How far a plan gets to its target, as lines for a terminal. */
import { expect, test } from 'vitest';
import { styleFor } from '../../src/report/appearance.ts';
import { drawTarget } from '../../src/report/table-target.ts';

const TARGET = {
  diskBytes: 1_000_000,
  freedDiskBytes: 0,
  reached: false,
  images: 0,
  candidates: 0,
  garbageDiskBytes: 0,
};
const style = styleFor({ width: 80, color: false, ascii: false });

test('where nothing at all can go it says just that, and not that it is garbage', () => {
  const lines = drawTarget({ mode: 'revisions', target: TARGET, trash: { diskBytes: 0 } }, style);
  expect(lines.slice(0, 2)).toEqual(['Target  1 MB on disk: not reached', '  0 B: nothing can go']);
  expect(lines.join('\n')).toContain('further: --untagged');
});

test('where garbage is enough it says that no image goes', () => {
  const target = { ...TARGET, freedDiskBytes: 2_000_000, garbageDiskBytes: 2_000_000, reached: true };
  const lines = drawTarget({ mode: 'revisions', target, trash: { diskBytes: 0 } }, style);
  expect(lines[1]).toBe('  2 MB, all of it garbage: no image goes');
});

test('where it is the budget that ends it, more of that gets further', () => {
  const target = { ...TARGET, freedDiskBytes: 500_000, images: null, candidates: null, garbageDiskBytes: null };
  const further = (left: number): string =>
    drawTarget({ mode: 'policy', target, budget: { left }, trash: { diskBytes: 0 } }, style)
      .slice(2)
      .join(' ');
  expect(further(3)).toBe('  further: a greater --max-bytes, or the next sweep');
  expect(further(0)).toBe('  further: a policy that keeps less');
});
