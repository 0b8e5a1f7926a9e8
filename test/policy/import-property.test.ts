/** A translation is a policy file, and no image goes by it that the other would keep. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decide } from '../../src/policy/decide.ts';
import { importPolicies } from '../../src/policy/import/import.ts';
import type { Policy } from '../../src/policy/model.ts';
import { parsePolicies } from '../../src/policy/parse.ts';
import { renderPolicyFile } from '../../src/report/policy-file.ts';
import { AppError } from '../../src/shared/errors.ts';
import { repositoryFilter } from '../../src/shared/globs.ts';
import { judgedTag } from './judged-tag.ts';

const NOW = Date.UTC(2026, 10, 20);
const DAY = 86_400_000;

/** What our parser makes of the file that is printed. */
function translated(document: unknown): readonly Policy[] {
  const { policies, notes } = importPolicies('p.json', JSON.stringify(document), undefined);
  const parsed = parsePolicies(renderPolicyFile(policies, notes));
  if (!parsed.valid) throw new Error(parsed.problems.map(({ message }) => message).join('\n'));
  return parsed.policies;
}

interface Image {
  readonly tags: readonly string[];
  readonly pushedDaysAgo: number;
}

const images: fc.Arbitrary<readonly Image[]> = fc
  .uniqueArray(
    fc.record({
      tags: fc.uniqueArray(fc.constantFrom('a', 'ab', 'abc', 'b', 'bc', 'c', 'rel-1', 'rel-2', 'v1', 'v2'), {
        minLength: 1,
        maxLength: 3,
      }),
      pushedDaysAgo: fc.nat(40),
    }),
    { maxLength: 8, selector: ({ pushedDaysAgo }) => pushedDaysAgo },
  )
  .map((list) => {
    const taken = new Set<string>();
    const own = (tag: string): boolean => !taken.has(tag) && taken.add(tag).has(tag);
    return list.map((image) => ({ ...image, tags: image.tags.filter(own) })).filter(({ tags }) => tags.length > 0);
  });

/** Those that a policy leaves a tag. */
function keptHere(list: readonly Image[], policy: Policy): Set<Image> {
  const tags = list.flatMap((image, at) => {
    // Half a day from any limit of whole days.
    const pushedAt = NOW - image.pushedDaysAgo * DAY - DAY / 2;
    return image.tags.map((name) => judgedTag({ name, image: at, pushedAt }));
  });
  const decisions = decide(tags, policy, { now: NOW, trustTimes: true });
  const kept = new Set(tags.filter((_, at) => decisions[at]?.fate !== 'goes').map(({ image }) => image));
  return new Set(list.filter((_, at) => kept.has(at)));
}

const selection = fc.record({
  status: fc.constantFrom('tagged', 'tagged', 'any', 'untagged'),
  prefixes: fc.uniqueArray(fc.constantFrom('a', 'ab', 'b', 'rel-'), { maxLength: 2 }),
  wildcards: fc.uniqueArray(fc.constantFrom('*c', 'v*', '*-*', 'a'), { maxLength: 1 }),
  count: fc.oneof(
    fc.integer({ min: 1, max: 3 }).map((n) => ({ countType: 'imageCountMoreThan', countNumber: n })),
    fc.integer({ min: 1, max: 30 }).map((n) => ({ countType: 'sinceImagePushed', countUnit: 'days', countNumber: n })),
  ),
});

type Selection = typeof selection extends fc.Arbitrary<infer T> ? T : never;

function selects({ status, prefixes, wildcards }: Selection, { tags }: Image): boolean {
  if (status === 'any') return true;
  if (status === 'untagged') return false;
  const texts = [...prefixes.map((prefix) => `${prefix}*`), ...wildcards];
  const matches = (text: string, tag: string) => new RegExp(`^${text.replaceAll('*', '.*')}$`).test(tag);
  return texts.length > 0 && texts.every((text) => tags.some((tag) => matches(text, tag)));
}

/** As the user guide says it: the first rule by priority that selects an image decides it. */
function keptByEcr(list: readonly Image[], rules: readonly Selection[]): Image[] {
  return list.filter((image) => {
    const rule = rules.find((candidate) => selects(candidate, image));
    if (rule === undefined) return true;
    const { countType, countNumber } = rule.count;
    if (countType === 'sinceImagePushed') return image.pushedDaysAgo < countNumber;
    const newer = list.filter((other) => selects(rule, other) && other.pushedDaysAgo < image.pushedDaysAgo);
    return newer.length < countNumber;
  });
}

test('ECR', () => {
  fc.assert(
    fc.property(images, fc.array(selection, { minLength: 1, maxLength: 4 }), (list, given) => {
      // Any comes last, once.
      const rules = given
        .filter(({ status }) => status !== 'any')
        .concat(given.filter(({ status }) => status === 'any').slice(0, 1));
      const document = {
        rules: rules.map(({ status, prefixes, wildcards, count }, at) => ({
          rulePriority: at + 1,
          selection: {
            tagStatus: status,
            ...(status === 'tagged' ? { tagPrefixList: prefixes, tagPatternList: wildcards } : {}),
            ...count,
          },
          action: { type: 'expire' },
        })),
      };
      const [policy] = translated(document);
      if (policy === undefined) throw new Error('nothing was translated');
      const here = keptHere(list, policy);
      expect(keptByEcr(list, rules).filter((image) => !here.has(image))).toEqual([]);
    }),
    { numRuns: 1_000 },
  );
});

const zotRule = fc.record({
  patterns: fc.uniqueArray(fc.constantFrom('a', '^a', 'b$', 'c|v', '^rel-', '^v1$', '.*'), { maxLength: 2 }),
  count: fc.nat(3),
  days: fc.option(fc.integer({ min: 1, max: 30 }), { nil: undefined }),
});

type ZotRule = typeof zotRule extends fc.Arbitrary<infer T> ? T : never;

/** As its source has it: a tag belongs to the first rule that matches it, and counts there alone. */
function keptByZot(list: readonly Image[], rules: readonly ZotRule[]): Image[] {
  const ruleOf = (tag: string) =>
    rules.find(({ patterns }) => patterns.length === 0 || patterns.some((pattern) => new RegExp(pattern).test(tag)));
  const tags = list.flatMap((image) => image.tags.map((tag) => ({ image, rule: ruleOf(tag) })));
  return list.filter((image) => {
    if (rules.length === 0) return true;
    return tags.some(({ image: of, rule }) => {
      if (of !== image || rule === undefined) return false;
      if (rule.count === 0 && rule.days === undefined) return true;
      if (rule.days !== undefined && image.pushedDaysAgo < rule.days) return true;
      const newer = tags.filter((other) => other.rule === rule && other.image.pushedDaysAgo < image.pushedDaysAgo);
      return newer.length < rule.count;
    });
  });
}

test('zot', () => {
  fc.assert(
    fc.property(images, fc.array(zotRule, { maxLength: 4 }), (list, rules) => {
      const keepTags = rules.map(({ patterns, count, days }) => ({
        patterns,
        mostRecentlyPushedCount: count,
        ...(days === undefined ? {} : { pushedWithin: `${days * 24}h` }),
      }));
      const [policy] = translated({ storage: { retention: { policies: [{ repositories: ['**'], keepTags }] } } });
      if (policy === undefined) throw new Error('nothing was translated');
      const here = keptHere(list, policy);
      expect(keptByZot(list, rules).filter((image) => !here.has(image))).toEqual([]);
    }),
    { numRuns: 1_000 },
  );
});

const harborSelector = (decorations: readonly string[], patterns: readonly string[]) =>
  fc.record(
    {
      kind: fc.constant('doublestar'),
      decoration: fc.constantFrom(...decorations),
      pattern: fc.constantFrom(...patterns),
      extras: fc.constantFrom(
        '',
        '{"untagged":true}',
        '{"untagged":false}',
        '{"untagged":"no"}',
        '{"Untagged":true}',
        '5',
        '{',
      ),
    },
    { requiredKeys: ['kind', 'decoration', 'pattern'] },
  );

const HARBOR_DAYS = ['nDaysSinceLastPush', 'lastXDays'] as const;

const harborRule = fc.record({
  template: fc.constantFrom('latestPushedK', 'latestPushedK', ...HARBOR_DAYS, 'always', 'nothing'),
  count: fc.nat(12),
  disabled: fc.constantFrom(false, false, false, true),
  tags: fc.array(
    harborSelector(
      ['matches', 'matches', 'excludes'],
      ['', '**', 'a*', '*b', 'v?', '{a,rel-*}', '[ab]*', 'rel-[!1]', 'v{1,2}', 'a**', 'c'],
    ),
    { minLength: 1, maxLength: 2 },
  ),
  repository: harborSelector(
    ['repoMatches', 'repoMatches', 'repoExcludes'],
    ['', '**', 'x', 'x/**', '*/**', '{x,y}/**', 'x/*', '**/y', 'x/**/y', 'x**', '[xy]', '?'],
  ),
});

type HarborRule = typeof harborRule extends fc.Arbitrary<infer T> ? T : never;
type HarborSelector = HarborRule['repository'];

/** A glob of Harbor, a part of both at a time: `**` is any number of parts, behind a slash one at least. */
function globMatches(glob: string, name: string): boolean {
  const alternatives = /\{([^{}]*)\}/.exec(glob);
  if (alternatives !== null) {
    const [whole, inner = ''] = alternatives;
    return inner.split(',').some((one) =>
      globMatches(
        glob.replace(whole, () => one),
        name,
      ),
    );
  }
  const matchParts = (globs: readonly string[], parts: readonly string[]): boolean => {
    const [first, ...rest] = globs;
    if (first === undefined) return parts.length === 0;
    if (parts.length === 0) return false;
    if (first === '**') return rest.length === 0 || parts.some((_, at) => matchParts(rest, parts.slice(at)));
    const part = first.replaceAll('.', '[.]').replaceAll(/\*+/g, '.*').replaceAll('?', '.').replaceAll('[!', '[^');
    return new RegExp(`^${part}$`).test(parts[0] ?? '') && matchParts(rest, parts.slice(1));
  };
  return glob === '' || matchParts(glob.split('/'), name.split('/'));
}

/** What has no tag goes by `extras`; what cannot be read there says nothing, and a key may be in any case. */
function selectsUntagged({ decoration, extras = '' }: HarborSelector): boolean {
  const stated = /^\{"untagged":(true|false)\}$/i.exec(extras)?.[1];
  return decoration === 'matches' ? stated !== 'false' : stated !== 'true';
}

/**
 * As its source has it: rules are OR-ed, the selectors of a rule AND-ed, and an artifact is selected by any of its tags. A
 * repository that no rule is for is left alone.
 */
function keptByHarbor(list: readonly Image[], rules: readonly HarborRule[], repository: string): readonly Image[] {
  const here = rules.filter(
    ({ disabled, repository: { decoration, pattern } }) =>
      !disabled && globMatches(pattern, repository) === (decoration === 'repoMatches'),
  );
  if (here.length === 0) return list;
  const kept = here.flatMap(({ template, count, tags: selectors }) => {
    const selected = list.filter(({ tags }) =>
      selectors.every((selector) => {
        if (tags.length === 0) return selectsUntagged(selector);
        return tags.some((tag) => globMatches(selector.pattern, tag) === (selector.decoration === 'matches'));
      }),
    );
    if (template === 'always') return selected;
    if (template === 'nothing') return [];
    if (template !== 'latestPushedK') return selected.filter(({ pushedDaysAgo }) => pushedDaysAgo < count);
    return selected.toSorted((a, b) => a.pushedDaysAgo - b.pushedDaysAgo).slice(0, count);
  });
  return list.filter((image) => kept.includes(image));
}

/** Those without a tag that a policy keeps. */
function keptUntaggedHere(list: readonly Image[], { keepUntagged }: Policy): readonly Image[] {
  const untagged = list.filter(({ tags }) => tags.length === 0);
  if (keepUntagged === 'all') return untagged;
  const byPush = untagged.toSorted((a, b) => a.pushedDaysAgo - b.pushedDaysAgo);
  return byPush.filter((image, at) =>
    keepUntagged.some((keeper) =>
      keeper.kind === 'last' ? at < keeper.count : (image.pushedDaysAgo + 0.5) * DAY <= keeper.seconds * 1000,
    ),
  );
}

test('Harbor', () => {
  const withUntagged = fc.tuple(images, fc.uniqueArray(fc.integer({ min: 41, max: 90 }), { maxLength: 3 }), fc.nat(80));
  const repositories = fc.constantFrom('x', 'y', 'x/y', 'x/z/y', 'z/x', 'xx');
  let translations = 0;
  let kept = 0;
  fc.assert(
    fc.property(
      withUntagged,
      fc.array(harborRule, { minLength: 1, maxLength: 4 }),
      repositories,
      ([tagged, untagged, shift], rules, repository) => {
        // Some are older than all with a tag, some newer, none of the same day.
        const list = [
          ...tagged.map((image) => ({ ...image, pushedDaysAgo: image.pushedDaysAgo * 2 })),
          ...untagged.map((days): Image => ({ tags: [], pushedDaysAgo: Math.abs(days - shift) * 2 + 1 })),
        ];
        const document = {
          algorithm: 'or',
          rules: rules.map(({ template, count, disabled, tags, repository: scope }) => ({
            action: 'retain',
            disabled,
            template,
            params: { [template]: count },
            tag_selectors: tags,
            scope_selectors: { repository: [scope] },
          })),
        };
        let policies;
        try {
          policies = translated(document);
        } catch (error) {
          if (error instanceof AppError) return;
          throw error;
        }
        translations++;
        const policy = policies.find((one) => repositoryFilter(one.repositories)(`PROJECT/${repository}`));
        if (policy === undefined) return;
        const here = new Set([...keptHere(list, policy), ...keptUntaggedHere(list, policy)]);
        const expected = keptByHarbor(list, rules, repository);
        kept += expected.length;
        expect(expected.filter((image) => !here.has(image))).toEqual([]);
      },
    ),
    { numRuns: 2_000 },
  );
  expect(translations).toBeGreaterThan(1_000);
  expect(kept).toBeGreaterThan(1_000);
});

const words = fc.oneof(
  fc.constantFrom(
    'expire',
    'tagged',
    'any',
    'latestPushedK',
    'always',
    'doublestar',
    'matches',
    'excludes',
    'repoMatches',
  ),
  fc.constantFrom(
    '**',
    'a/*',
    '24h',
    '{"untagged":true}',
    '\u202e',
    '# x\ny: 1',
    '!x',
    '[',
    '(',
    "'",
    '*a',
    '&b',
    '- c',
    'null',
  ),
  fc.string({ maxLength: 12, unit: 'binary' }),
);
const values = fc.oneof(
  words,
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.array(words, { maxLength: 3 }),
);
const filled = (...names: readonly string[]) =>
  fc.dictionary(fc.oneof({ weight: 20, arbitrary: fc.constantFrom(...names) }, words), values, {
    maxKeys: names.length,
  });

const documents = fc.oneof(
  fc.record({
    rules: fc.array(
      fc.record({
        rulePriority: values,
        selection: filled('tagStatus', 'tagPrefixList', 'tagPatternList', 'countType', 'countUnit', 'countNumber'),
        action: fc.record({ type: words }),
      }),
      { maxLength: 3 },
    ),
  }),
  fc.record({
    rules: fc.array(
      fc.record({
        template: words,
        params: filled('latestPushedK', 'lastXDays'),
        tag_selectors: fc.array(filled('kind', 'decoration', 'pattern', 'extras'), { maxLength: 2 }),
        scope_selectors: fc.record({
          repository: fc.array(
            fc.record({
              kind: fc.constant('doublestar'),
              decoration: fc.constantFrom('repoMatches', 'repoExcludes'),
              pattern: words,
            }),
            { maxLength: 2 },
          ),
        }),
      }),
      { maxLength: 3 },
    ),
  }),
  fc.record({
    storage: fc.record({
      retention: fc.record({
        delay: fc.constantFrom('1h', 0, 5, '1.5h2s'),
        policies: fc.array(
          fc.record({
            repositories: fc.array(fc.constantFrom('**', 'a/*', 'b'), { maxLength: 2 }),
            keepTags: fc.array(filled('patterns', 'mostRecentlyPushedCount', 'pushedWithin', 'pulledWithin'), {
              maxLength: 3,
            }),
            keepUntagged: filled('mostRecentlyPushedCount', 'pushedWithin'),
          }),
          { maxLength: 3 },
        ),
      }),
    }),
  }),
);

test('whatever a document holds, it is refused, or what comes out is a policy file without anything unsafe in it', () => {
  let translations = 0;
  fc.assert(
    fc.property(documents, (document) => {
      let outcome;
      try {
        outcome = importPolicies('p.json', JSON.stringify(document), undefined);
      } catch (error) {
        if (error instanceof AppError) return;
        throw error;
      }
      translations++;
      const text = renderPolicyFile(outcome.policies, outcome.notes);
      expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      expect(parsePolicies(text)).toMatchObject({ valid: true });
    }),
    { numRuns: 2_000 },
  );
  expect(translations).toBeGreaterThan(500);
});
