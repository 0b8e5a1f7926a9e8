/** The JSON Schema that ships: `npm run build` must have run. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import Ajv from 'ajv';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { parsePolicies } from '../../src/policy/parse.ts';
import { jsonSchema } from '../../src/policy/schema.ts';

const shipped = JSON.parse(
  readFileSync(fileURLToPath(new URL('../../dist/schemas/policy.json', import.meta.url)), 'utf8'),
) as object;
const validate = new Ajv().compile(shipped);

test('what ships is made of the schema that the parser goes by', () => {
  expect(shipped).toEqual(jsonSchema());
  expect(shipped).toMatchObject({ $schema: 'http://json-schema.org/draft-07/schema#' });
});

const policyWith = (...lines: readonly string[]) =>
  ['policies:', "  - repositories: ['**']", ...lines.map((line) => `    ${line}`)].join('\n');
const KEEP_ONE = 'keepTags: [{keepLast: 1}]';

describe('it and the parser agree', () => {
  test.each([
    policyWith(KEEP_ONE),
    policyWith('keepTags: [{patterns: [v1]}]', 'protect: []', 'delay: 0', 'minKeep: 0'),
    policyWith("keepTags: [{patterns: ['v.*', '!v2'], pushedWithin: 1h30m, keepDaily: 7, always: true}]"),
    policyWith('keepTags: [{keepSemver: 3}, {keepSemver: {count: 3, per: major}}]', 'orderBy: semver'),
    policyWith(KEEP_ONE, 'keepUntagged: true', 'deleteReferrers: true', 'name: a'),
    policyWith(KEEP_ONE, 'keepUntagged: {keepWithin: 7d}', "delay: '0'"),
  ])('to take %j', (text) => {
    expect(parsePolicies(text)).toMatchObject({ valid: true });
    validate(parse(text));
    expect(validate.errors).toBeNull();
  });

  test.each([
    'policies: []',
    'polices: []',
    '{}',
    policyWith('minKeep: 1'),
    policyWith('keepTags: []'),
    policyWith('keepTags: [{}]'),
    policyWith('keepTags: [{patterns: []}]'),
    policyWith('keepTags: [{keepLast: 0}]'),
    policyWith("keepTags: [{keepLast: '1'}]"),
    policyWith('keepTags: [{keepLast: 1, mostRecentlyPushedCount: 1}]'),
    policyWith('keepTags: [{keepWithin: 1d, pushedWithin: 1d}]'),
    policyWith('keepTags: [{keepWithin: 30}]'),
    policyWith('keepTags: [{keepWithin: 1M}]'),
    policyWith('keepTags: [{pulledWithin: 1d}]'),
    policyWith('keepTags: [{always: false}]'),
    policyWith('keepTags: [{keepSemver: {per: minor}}]'),
    policyWith('keepTags: [{keepSemver: {count: 1, per: patch}}]'),
    policyWith(KEEP_ONE, 'keepUntagged: {}'),
    policyWith(KEEP_ONE, 'keepUntagged: none'),
    policyWith(KEEP_ONE, 'keepUntagged: {keepLast: 1, mostRecentlyPushedCount: 1}'),
    policyWith(KEEP_ONE, 'orderBy: age'),
    policyWith(KEEP_ONE, 'minKeep: -1'),
    policyWith(KEEP_ONE, 'delay: soon'),
    policyWith(KEEP_ONE, "name: ''"),
    policyWith(KEEP_ONE, 'keep: 1'),
    'policies: [{keepTags: [{keepLast: 1}]}]',
  ])('to refuse %j', (text) => {
    expect(parsePolicies(text)).toMatchObject({ valid: false });
    expect(validate(parse(text))).toBe(false);
  });
});
