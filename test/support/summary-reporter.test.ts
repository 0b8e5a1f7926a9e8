import { expect, it, onTestFinished, vi } from 'vitest';
import type { SerializedError, TestModule } from 'vitest/node';
import SummaryReporter from './summary-reporter.ts';

type State = 'passed' | 'failed' | 'skipped' | 'pending';

/** As much of a test file's result as the reporter reads. */
function testFile(states: readonly State[], errors: readonly SerializedError[] = []): TestModule {
  const tests = states.map((state) => ({ result: () => ({ state }) }));
  return { errors: () => errors, children: { allTests: () => tests } } as unknown as TestModule;
}

function lastLine(files: readonly TestModule[], unhandled: readonly SerializedError[] = []): unknown {
  const log = vi.spyOn(console, 'log').mockReturnValue();
  onTestFinished(() => log.mockRestore());
  new SummaryReporter().onTestRunEnd(files, unhandled);
  return log.mock.lastCall?.[0];
}

const ERROR: SerializedError = { message: 'broken' };

it('counts over all files', () => {
  const files = [testFile(['passed', 'failed', 'skipped']), testFile(['passed'])];
  expect(lastLine(files)).toBe('2 passed, 1 failed, 1 skipped');
});

it('counts a file that did not load, an error outside all tests and a test that never ended as failures', () => {
  expect(lastLine([testFile([], [ERROR]), testFile(['passed', 'pending'])], [ERROR])).toBe(
    '1 passed, 3 failed, 0 skipped',
  );
});
