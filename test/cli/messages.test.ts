import { describe, expect, test } from 'vitest';
import { createMessages } from '../../src/cli/messages.ts';
import { AppError } from '../../src/shared/errors.ts';
import { MemoryStream, withoutUndefined } from '../support/memory-stream.ts';

function said(
  options: Partial<Parameters<typeof createMessages>[1]>,
  say: (m: ReturnType<typeof createMessages>) => void,
) {
  const stream = withoutUndefined(new MemoryStream());
  say(createMessages(stream, { quiet: false, verbose: false, color: false, ...options }));
  return stream.text;
}

const WITH_CAUSE = new AppError('scan-failed', 'cannot read a\nb', 'look there', { cause: new Error('EACCES') });

describe('failures', () => {
  test('message and hint, each on its line, escaped', () => {
    expect(said({}, (m) => m.fail(WITH_CAUSE))).toBe('error: cannot read a\\x0ab\nhint: look there\n');
  });

  test('causes only when verbose', () => {
    expect(said({ verbose: true }, (m) => m.fail(WITH_CAUSE))).toContain('cause: EACCES\n');
  });

  test('the stack of an unknown error only when verbose', () => {
    const unknown = new TypeError('no such thing');
    expect(said({}, (m) => m.fail(unknown))).toBe('error: no such thing\n');
    expect(said({ verbose: true }, (m) => m.fail(unknown))).toMatch(/ {2}at: .*messages\.test\.ts/);
  });

  test('what is thrown and is no error', () => {
    expect(said({}, (m) => m.fail('thrown text'))).toBe('error: thrown text\n');
  });

  test('causes that point at each other end', () => {
    const first = new Error('first');
    first.cause = new Error('second', { cause: first });
    expect(said({ verbose: true }, (m) => m.fail(first)).match(/^cause:/gm)).toHaveLength(5);
  });
});

describe('warnings', () => {
  test('are silent when quiet; failures never are', () => {
    expect(said({ quiet: true }, (m) => m.warn('careful'))).toBe('');
    expect(said({ quiet: true }, (m) => m.fail(new Error('bad')))).toBe('error: bad\n');
  });

  test('are coloured when asked, and only their label', () => {
    expect(said({ color: true }, (m) => m.warn('careful'))).toBe('\u001b[33mwarning:\u001b[39m careful\n');
  });

  test('let a progress bar make room first', () => {
    const steps: string[] = [];
    said({ before: () => steps.push('cleared') }, (m) => m.warn('careful'));
    expect(steps).toEqual(['cleared']);
  });
});
