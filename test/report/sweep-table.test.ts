/** A sweep as a terminal shows it. */
import { expect, it } from 'vitest';
import { renderSweepTable } from '../../src/report/table-sweep.ts';
import type { SkippedAction, SweepDone, SweepResult } from '../../src/report/model-sweep.ts';
import { fullReport } from './sample.ts';

const DONE: SweepDone = {
  run: '20260301T120000Z-0a1b',
  inTrash: true,
  startedAt: '2026-03-01T12:00:00.000Z',
  endedAt: '2026-03-01T12:00:05.000Z',
  actions: 12,
  bytes: 5000,
  diskBytes: 8192,
  gone: 0,
  dropped: 0,
  left: 0,
  stopped: null,
  skipped: [],
  failed: [],
  putBack: [],
  freedOnFileSystem: 0,
};

function result(parts: Partial<SweepResult>): SweepResult {
  return {
    schema: 'regsweep.sweep/1',
    generatedAt: '2026-03-01T12:00:05.000Z',
    registry: { root: '/var/lib/registry', scannedAt: '2026-03-01T12:00:00.000Z', layoutVersion: 'v2' },
    mode: 'revisions',
    minAgeSeconds: 3600,
    plan: { ...fullReport().reclaimable, actions: 12 },
    refusals: [],
    warnings: [],
    notes: [],
    notInPlan: [],
    trash: { runs: 1, bytes: 5000, diskBytes: 8192 },
    done: null,
    ...parts,
  };
}

function draw(parts: Partial<SweepResult>): string {
  return renderSweepTable(result(parts), { command: ['sweep'] }, { width: 60, color: false, ascii: true });
}

function skipped(count: number, reason: string): readonly SkippedAction[] {
  return Array.from({ length: count }, (_, at) => ({
    kind: 'layer-link',
    path: `repositories/team/app/_layers/sha256/${String(at).repeat(64).slice(0, 64)}`,
    reason,
  }));
}

it('names each reason once, whole, above what it holds for', () => {
  const changed = 'it has changed since the plan was made, and this is a reason longer than a line';
  const drawn = draw({ done: { ...DONE, skipped: [...skipped(2, changed), ...skipped(1, 'a link stands there')] } });
  expect(drawn).toContain(`Skipped  3 actions
  it has changed since the plan was made, and this is a
  reason longer than a line
    layer-link  repositories/team/`);
  expect(drawn.match(/it has changed/g)).toHaveLength(1);
  expect(drawn).toMatch(/\n {2}a link stands there\n {4}layer-link/);
  expect(drawn.split('\n').every((line) => line.length <= 60)).toBe(true);
});

it('tells how many of a long list are not shown', () => {
  const drawn = draw({ notInPlan: skipped(14, 'gone') });
  expect(drawn.match(/layer-link/g)).toHaveLength(10);
  expect(drawn).toContain('and 4 actions more, with --json');
});

it('a run that was none has no amounts', () => {
  const none = { ...DONE, run: null, actions: 0, bytes: 0, diskBytes: 0 };
  const drawn = draw({ done: none, plan: { ...fullReport().reclaimable, actions: 0 } });
  expect(drawn).toContain('Run  none: there was nothing to do\n');
  expect(drawn).not.toContain('moved to the trash');
  expect(draw({ done: { ...none, left: 12, stopped: 'max-bytes' } })).toMatch(/Run {2}none\n {2}stopped early/);
});

it('a dry run tells what of it goes now, where a budget leaves some', () => {
  const budget = { diskBytes: 1_000_000, actions: 5, freedDiskBytes: 811_008, left: 7 };
  const drawn = draw({ budget });
  expect(drawn).toContain('Would go in more than one sweep\n');
  expect(drawn.replaceAll(/\s+/g, ' ')).toContain(
    'Budget --max-bytes 1 MB: now 5 deletions go, 811 kB on disk; 7 are left for the next sweep',
  );
  expect(drawn.split('\n').every((line) => line.length <= 60 || line.startsWith('  regsweep'))).toBe(true);
  expect(draw({ budget: { ...budget, actions: 12, left: 0 } })).toMatch(
    /Would go\n[^]*--max-bytes 1 MB: all of it fits/,
  );
  expect(draw({ budget, done: DONE })).not.toContain('Budget');
});

it('of a sweep that stopped early what takes up the rest is named first, and of one that did not it is not', () => {
  const stopped = draw({ done: { ...DONE, left: 3, stopped: 'signal' } });
  expect(stopped).toMatch(/Next\n {2}regsweep sweep\s+goes on with what is left\n {2}regsweep restore/);
  expect(draw({ done: DONE })).not.toContain('goes on with what is left');
});
