/**
 * Retention of zot (`storage.retention` of its config). Much as ours, for ours was made after it, but for: a tag obeys the
 * first rule that matches it; patterns match anywhere in a tag; and pulls are known (project-zot/zot, pkg/retention).
 */
import { durationSeconds } from '../../shared/durations.ts';
import { patternFault } from '../patterns.ts';
import type { PolicyText, TagRuleText } from '../schema.ts';
import { spellDuration } from '../spelling.ts';
import { isPlainGlob, searchPattern } from './globs.ts';
import {
  cannotImport,
  type Fields,
  fieldsOf,
  KEPT_BEYOND,
  type Kept,
  listOf,
  newest,
  tagRule,
  type Translation,
  untaggedUnion,
  wordsBeyond,
} from './translation.ts';

const DEFAULT_DELAY_SECONDS = 86_400;

/** Translates a config, or its retention alone. Throws `policy-invalid`. */
export function importZot(document: Fields): Translation {
  const config = lowerCase(document);
  const storage = fieldsOf(config['storage']) ?? config;
  const retention = fieldsOf(storage['retention']) ?? storage;
  const elsewhere = Object.keys(fieldsOf(storage['subpaths']) ?? {}).map((path) => path.replace(/^\//, ''));
  const notes: string[] = elsewhere.map(
    (path) => `subPaths: what lies under ${path} has rules of its own and is left out: it keeps everything.`,
  );
  if (retention['dryrun'] === true) notes.push('dryRun: every sweep is a dry run until --apply.');
  const delaySeconds = retention['delay'] === undefined ? DEFAULT_DELAY_SECONDS : goSeconds(retention['delay']);
  if (delaySeconds === undefined)
    throw cannotImport(`the delay ${JSON.stringify(retention['delay'])} is not understood`);
  const policies = listOf(retention['policies']).flatMap((value, at) => {
    const policy = fieldsOf(value) ?? {};
    const repositories = listOf(policy['repositories']);
    if (repositories.length === 0) notes.push(`Policy ${at + 1} is for no repository, and is left out.`);
    return repositories.length === 0 ? [] : [policyOf(`Policy ${at + 1}`, policy, elsewhere, delaySeconds, notes)];
  });
  if (policies.length === 0) throw cannotImport('the zot config has no retention policies');
  return { policies, notes: [...notes, ...KEPT_BEYOND] };
}

const POLICY_WORDS = ['repositories', 'deletereferrers', 'deleteuntagged', 'keeptags', 'keepuntagged'] as const;

function policyOf(
  called: string,
  policy: Fields,
  elsewhere: readonly string[],
  delaySeconds: number,
  notes: string[],
): PolicyText {
  const beyond = wordsBeyond(policy, POLICY_WORDS);
  if (beyond.length > 0) notes.push(`${called}: "${beyond.join('", "')}" is not understood; all tags stay.`);
  const rules = listOf(policy['keeptags']);
  return {
    repositories: repositoriesOf(called, policy, elsewhere),
    // Without any rule zot deletes no tag.
    keepTags: beyond.length > 0 || rules.length === 0 ? [{ always: true }] : keepTagsOf(called, rules, notes),
    keepUntagged: beyond.length > 0 || untaggedOf(called, policy, notes),
    deleteReferrers: beyond.length === 0 && policy['deletereferrers'] === true,
    delay: spellDuration(delaySeconds),
  };
}

/** Throws for a glob that means something else here: its repositories would obey a later policy. */
function repositoriesOf(called: string, policy: Fields, elsewhere: readonly string[]): string[] {
  const globs = listOf(policy['repositories']).map(String);
  const odd = globs.concat(elsewhere).find((glob) => !isPlainGlob(glob));
  if (odd !== undefined) throw cannotImport(`${called}: the glob "${odd}" is not understood`);
  return [...globs, ...elsewhere.map((path) => `!${path}/**`)];
}

/** What an earlier rule matches is left out of a later one: there it would take the places of others. */
function keepTagsOf(called: string, rules: readonly unknown[], notes: string[]): TagRuleText[] {
  const keepTags: TagRuleText[] = [];
  const earlier: string[] = [];
  for (const [at, value] of rules.entries()) {
    const rule = fieldsOf(value) ?? {};
    const where = `${called}, rule ${at + 1}`;
    const stated = listOf(rule['patterns']).map((pattern) => searchPattern(String(pattern)));
    const patterns = stated.flatMap((pattern) =>
      pattern === undefined || patternFault(pattern) !== undefined ? [] : [pattern],
    );
    if (patterns.length < stated.length) {
      notes.push(`${where}: a pattern is not understood; all tags stay.`);
      return [{ always: true }];
    }
    keepTags.push(tagRule([...patterns, ...earlier], keptBy(where, rule, ['patterns'], notes)));
    // It matches whatever is left: no tag comes further.
    if (patterns.length === 0) return keepTags;
    earlier.push(...patterns.map((pattern) => `!${pattern}`));
  }
  return keepTags;
}

function untaggedOf(called: string, policy: Fields, notes: string[]): PolicyText['keepUntagged'] {
  if (policy['deleteuntagged'] === false) return true;
  const rule = fieldsOf(policy['keepuntagged']);
  const states = rule !== undefined && Object.values(rule).some((value) => value !== 0 && value !== null);
  return states ? untaggedUnion([keptBy(`${called}, keepUntagged`, rule, [], notes)]) : false;
}

/** Rules are OR-ed: where one of them cannot be carried, all stays that they are about. No rule keeps all. */
function keptBy(where: string, rule: Fields, known: readonly string[], notes: string[]): Kept {
  const { mostrecentlypushedcount: count = 0, pushedwithin: within } = rule;
  const states = (word: string): boolean => ![0, null, undefined].includes(rule[word] as null | undefined);
  if (states('pulledwithin') || states('mostrecentlypulledcount')) {
    notes.push(`${where}: the disk does not know pulls; all that it is about stays.`);
    return 'all';
  }
  const beyond = wordsBeyond(rule, [...known, ...RULES]);
  const last = count === 0 ? {} : newest(count);
  const seconds = within === undefined || within === null ? undefined : (goSeconds(within) ?? null);
  if (beyond.length > 0 || last === 'all' || seconds === null) {
    notes.push(
      `${where}: ${beyond.length > 0 ? `"${beyond.join('", "')}"` : 'a number'} is not understood; all that it is about stays.`,
    );
    return 'all';
  }
  const kept = { ...last, ...(seconds === undefined ? {} : { pushedWithin: spellDuration(seconds) }) };
  return Object.keys(kept).length === 0 ? 'all' : kept;
}

const RULES = ['mostrecentlypushedcount', 'mostrecentlypulledcount', 'pushedwithin', 'pulledwithin'] as const;

const GO_UNITS: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 1e-3, us: 1e-6, µs: 1e-6, ns: 1e-9 };

/** The seconds of a duration of Go, as `24h`, `1h30m`, or a number of nanoseconds; rounded up. */
function goSeconds(value: unknown): number | undefined {
  if (typeof value === 'number') return value >= 0 ? inBounds(value * 1e-9) : undefined;
  if (typeof value !== 'string' || value.length > 50) return undefined;
  if (value === '0') return 0;
  if (!/^(?:\d+(?:\.\d+)?(?:h|ms|us|µs|ns|m|s))+$/.test(value)) return undefined;
  let seconds = 0;
  for (const [, amount, unit] of value.matchAll(/([\d.]+)([a-zµ]+)/g)) {
    seconds += Number(amount) * (GO_UNITS[unit ?? ''] ?? 0);
  }
  return inBounds(seconds);
}

function inBounds(seconds: number): number | undefined {
  const whole = Math.ceil(Number(seconds.toFixed(6)));
  return durationSeconds(`${whole}s`);
}

/** zot's config does not care for the case of its words; the paths of `subPaths` are names. */
function lowerCase(fields: Fields, isNames = false): Fields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => {
      const below = name.toLowerCase();
      return [isNames ? name : below, lowerCaseBelow(value, below === 'subpaths')];
    }),
  );
}

function lowerCaseBelow(value: unknown, isNames: boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => lowerCaseBelow(item, false));
  const fields = fieldsOf(value);
  return fields === undefined ? value : lowerCase(fields, isNames);
}
