/** The options of a sweep, from words to values. */
import { describe, expect, test } from 'vitest';
import yargs from 'yargs';
import { sweepingOptions, type SweepingOptions } from '../../src/cli/run/sweeping.ts';
import { withSweeping } from '../../src/cli/sweeping-options.ts';

const NOW = new Date(2024, 4, 1, 1, 0).getTime();

function parse(...words: readonly string[]): SweepingOptions {
  const program = withSweeping(yargs([...words]))
    .parserConfiguration({ 'greedy-arrays': false, 'dot-notation': false, 'parse-numbers': false })
    .exitProcess(false)
    .strict()
    .fail((message, error: Error | undefined) => {
      throw error ?? new Error(message);
    });
  return sweepingOptions(program.parseSync(), NOW);
}

test('without a word nothing is applied, half may go, and nothing is proven', () => {
  expect(parse()).toEqual({
    apply: false,
    yes: false,
    trash: true,
    proof: { registryUrls: [], registryStopped: false },
    maxDeletePercent: 50,
    acceptLostRepositories: false,
    tagsAreComplete: false,
  });
});

test('all of them', () => {
  const words = '--apply --yes --no-trash --max-bytes 2GiB --max-delete-percent 12.5 --accept-lost-repositories';
  const more =
    '--tags-are-complete --state /var/state --purge-older-than 7d --registry-config c.yml --registry-stopped';
  expect(parse(...words.split(' '), ...more.split(' '))).toEqual({
    apply: true,
    yes: true,
    trash: false,
    proof: { registryUrls: [], registryConfig: 'c.yml', registryStopped: true },
    purgeOlderThanSeconds: 604_800,
    state: '/var/state',
    maxBytes: 2 * 2 ** 30,
    maxDeletePercent: 12.5,
    acceptLostRepositories: true,
    tagsAreComplete: true,
  });
});

describe('the deadline', () => {
  const SIX = { at: new Date(2024, 4, 1, 6, 0).getTime(), by: 'until' };
  const TWO_HOURS = { at: NOW + 7_200_000, by: 'duration' };
  test.each([
    ['--until 06:00', SIX],
    ['--max-duration 2h', TWO_HOURS],
    ['--until 06:00 --max-duration 2h', TWO_HOURS],
    ['--until 06:00 --max-duration 6h', SIX],
  ])('of %s', (words, deadline) => {
    expect(parse(...words.split(' ')).deadline).toEqual(deadline);
  });
});

describe('the registry', () => {
  const urls = (...words: readonly string[]): readonly string[] =>
    parse(...words).proof.registryUrls.map(({ href }) => href);

  test('may have several URLs, in any usual spelling', () => {
    expect(
      urls(
        '--registry-url',
        'https://a.example.com',
        '--registry-url=http://b:5000/v2/',
        '--registry-url',
        'http://c/x',
      ),
    ).toEqual(['https://a.example.com/', 'http://b:5000/', 'http://c/x/']);
  });

  test('may have a config beside its URL, and a CA file where one is https', () => {
    const { proof } = parse('--registry-url', 'https://a', '--registry-ca', 'ca.pem', '--registry-config', 'c.yml');
    expect(proof).toMatchObject({ registryCa: 'ca.pem', registryConfig: 'c.yml' });
  });
});

describe('a usage error', () => {
  test.each([
    ['a URL without a scheme', '--registry-url registry.example.com', 'is not a URL'],
    ['a host and port that look like one', '--registry-url localhost:5000', 'is not a URL'],
    ['another scheme', '--registry-url ftp://a', 'is not a URL'],
    ['a password in the URL', '--registry-url http://me:secret@a', 'holds credentials for a'],
    ['a query', '--registry-url http://a/?x=secret', 'holds more than a place'],
    ['stopped, and asked', '--registry-stopped --registry-url http://a', 'contradict each other'],
    ['a CA file for nothing', '--registry-ca ca.pem', 'there is none'],
    ['a CA file for plain http', '--registry-ca ca.pem --registry-url http://a', 'there is none'],
    ['a percentage above 100', '--max-delete-percent 101', 'is not a number from 0 to 100'],
    ['a percentage with a sign', '--max-delete-percent=50%', 'is not a number from 0 to 100'],
    ['no time at all', '--max-duration 0', 'leaves no time'],
    ['no byte at all', '--max-bytes 0', 'nothing would be done'],
    ['a time too far ahead', '--until 14:00', 'more than 12 h ahead'],
  ])('is %s', (_what, words, message) => {
    expect(() => parse(...words.split(' '))).toThrow(
      expect.objectContaining({ code: 'usage', message: expect.stringContaining(message) as string }),
    );
    expect(() => parse(...words.split(' '))).not.toThrow(/secret/);
  });
});
