import { describe, expect, test } from 'vitest';
import { createProgress, describeStage } from '../../src/cli/progress-bar.ts';
import { MemoryStream, withoutUndefined } from '../support/memory-stream.ts';

const STAGE = { stage: 'reading', unit: 'blobs', done: 500, elapsedSeconds: 2 };

describe('a line about a stage', () => {
  test('pretends nothing while the total is unknown', () => {
    const line = describeStage(STAGE, false);
    expect(line).toBe('reading  500 blobs  250/s');
    expect(line).not.toMatch(/%|█|░|left/);
  });

  test('has bar, percentage, rate and time left once it is known', () => {
    expect(describeStage({ ...STAGE, total: 2_000 }, true)).toBe(
      'reading  ######..................  25%  500/2,000 blobs  250/s  6 s left',
    );
  });

  test('is not full before the end, and has no time left at it', () => {
    expect(describeStage({ ...STAGE, done: 1_999, total: 2_000 }, true)).toMatch(/#{23}\. {2}>99%/);
    expect(describeStage({ ...STAGE, done: 2_000, total: 2_000 }, true)).toMatch(/#{24} {2}100% {2}2,000\/2,000 blobs/);
    expect(describeStage({ ...STAGE, done: 2_000, total: 2_000 }, true)).not.toContain('left');
  });

  test('of nothing at all is done', () => {
    expect(describeStage({ ...STAGE, done: 0, total: 0 }, true)).toContain('100%  0/0 blobs');
  });

  test('tells the bytes where they are known', () => {
    const bytes = { done: 1_500_000_000, total: 3_000_000_000 };
    expect(describeStage({ ...STAGE, total: 1_000, bytes }, true)).toContain('500/1,000 blobs  1.5 GB/3 GB');
  });

  test('gives no rate before there is one', () => {
    expect(describeStage({ ...STAGE, elapsedSeconds: 0.1 }, false)).toBe('reading  500 blobs');
  });
});

function runStages(stream: MemoryStream, enabled: boolean): string {
  const progress = createProgress(withoutUndefined(stream), enabled, true);
  progress.start('listing', 'repositories');
  progress.update(12);
  progress.clear();
  progress.start('reading', 'blobs', 100);
  progress.update(50);
  progress.update(100, 200);
  progress.stop();
  progress.update(7);
  progress.stop();
  return stream.text;
}

describe('the bar', () => {
  test('draws on a terminal, stage after stage, with a total that may change', () => {
    const drawn = runStages(new MemoryStream(true, 100), true);
    expect(drawn).toContain('listing  0 repositories');
    expect(drawn).toContain('12 repositories');
    expect(drawn).toContain('0/100 blobs');
    expect(drawn).toContain('100/200 blobs');
  });

  test('changes no mode of the terminal, for a killed process would leave it changed', () => {
    expect(runStages(new MemoryStream(true, 100), true)).not.toContain('\u001b[?');
  });

  test('lets a message have its line, and comes back below it with what it knew', () => {
    const stream = new MemoryStream(true, 100);
    const progress = createProgress(withoutUndefined(stream), true, true);
    progress.start('reading', 'blobs', 100);
    progress.update(50);
    progress.clear();
    stream.write('a message\n');
    progress.update(60);
    progress.stop();
    const [, after] = stream.text.split('a message\n');
    expect(after).toContain('60/100 blobs');
  });

  test('is cut to the width of the terminal', () => {
    const drawn = runStages(new MemoryStream(true, 20), true);
    expect(drawn).toContain('listing  0 repositor');
    expect(drawn).not.toContain('repositories');
  });

  test('is silent off a terminal and when it is not wanted', () => {
    expect(runStages(new MemoryStream(false), true)).toBe('');
    expect(runStages(new MemoryStream(true, 100), false)).toBe('');
  });
});
