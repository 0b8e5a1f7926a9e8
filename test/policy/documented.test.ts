/** What the documentation shows as a policy file is one. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parsePolicies } from '../../src/policy/parse.ts';

const PAGE = readFileSync(fileURLToPath(new URL('../../docs/policies.md', import.meta.url)), 'utf8');
const examples = [...PAGE.matchAll(/^```ya?ml\n(.*?)^```$/gms)].map(([, text]) => text ?? '');

test('there are examples', () => {
  expect(examples.length).toBeGreaterThan(0);
});

test.each(examples)('%s', (text) => {
  const parsed = parsePolicies(text);
  expect(parsed.valid ? [] : parsed.problems).toEqual([]);
});
