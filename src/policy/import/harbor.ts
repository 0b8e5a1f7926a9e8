/**
 * Tag retention of Harbor (`GET /retentions/{id}`). Its rules keep, and are OR-ed, as ours; but a rule selects repositories by
 * itself, and keeps an artifact with all its tags (goharbor/harbor, src/pkg/retention, src/lib/selector/selectors/doublestar).
 */
import type { TagRuleText } from '../schema.ts';
import { doublestarPattern, isPlainGlob } from './globs.ts';
import {
  cannotImport,
  distinct,
  type Fields,
  fieldsOf,
  KEPT_BEYOND,
  type Kept,
  listOf,
  newest,
  tagRule,
  type Translation,
  untaggedUnion,
  withinDays,
  wordsBeyond,
} from './translation.ts';

interface Rule {
  /** `undefined` where it is not understood which they are. */
  readonly repositories: readonly string[] | undefined;
  readonly keepTags: TagRuleText;
  /** `undefined` where it selects nothing without a tag. */
  readonly untagged: Kept | undefined;
  readonly notes: readonly string[];
}

/** Translates a retention policy of a project. Throws `policy-invalid`. */
export function importHarbor(document: Fields): Translation {
  const listed = listOf(document['rules']).map((value, at) => [`Rule ${at + 1}`, fieldsOf(value) ?? {}] as const);
  const active = listed.filter(([, rule]) => rule['disabled'] !== true && rule['template'] !== 'nothing');
  const rules = active.map(([called, rule]) => ruleOf(called, rule));
  const selections = new Map(
    rules.flatMap(({ repositories }) => (repositories === undefined ? [] : [[repositories.join('\n'), repositories]])),
  );
  if (selections.size === 0)
    throw cannotImport('no rule of the Harbor policy that is in force says for which repositories');
  // A repository obeys one policy alone here, and several rules there: with all rules in each it never keeps less.
  const keepTags = distinct(rules.map((rule) => rule.keepTags));
  const keepUntagged = untaggedUnion(rules.flatMap(({ untagged }) => (untagged === undefined ? [] : [untagged])));
  return {
    policies: [...selections.values()].map((repositories) => ({
      repositories: [...repositories],
      keepTags,
      keepUntagged,
    })),
    notes: [
      'Harbor names the project by its number: write its name in place of PROJECT.',
      'Harbor has its tags in a database, not on the disk: this is for images that have moved to another registry.',
      ...listed.flatMap(([called, rule]) =>
        rule['disabled'] === true ? [`${called} is disabled, and is left out.`] : [],
      ),
      ...rules.flatMap(({ notes }) => notes),
      ...(selections.size > 1
        ? ['Rules for some repositories are in every policy: they keep tags in the others, too.']
        : []),
      'Harbor keeps an artifact with all its tags. Here each tag is decided by itself, and an image stays while one does.',
      ...KEPT_BEYOND,
    ],
  };
}

const KNOWN = [
  'id',
  'priority',
  'disabled',
  'action',
  'template',
  'params',
  'tag_selectors',
  'scope_selectors',
] as const;

function ruleOf(called: string, rule: Fields): Rule {
  const { repositories, why: whyNowhere } = repositoriesOf(rule);
  const selected = tagsOf(rule);
  const whyAll = selected.why ?? whyRuleKeepsAll(rule);
  const kept = whyAll === undefined ? keptBy(rule) : 'all';
  return {
    repositories,
    keepTags: tagRule(selected.patterns, kept),
    untagged: selected.untagged ? kept : undefined,
    notes: [
      ...(whyAll === undefined ? [] : [`${called}: ${whyAll}; all that it selects stays.`]),
      ...(whyNowhere === undefined ? [] : [`${called}: ${whyNowhere}; what only this rule selects keeps everything.`]),
    ],
  };
}

function whyRuleKeepsAll(rule: Fields): string | undefined {
  const beyond = wordsBeyond(rule, KNOWN);
  if (beyond.length > 0) return `"${beyond.join('", "')}" is not understood`;
  if (rule['action'] !== undefined && rule['action'] !== 'retain') return 'its action is not retain';
  const { template } = rule;
  if (template === 'always' || keptBy(rule) !== 'all') return undefined;
  return /pull|active/i.test(String(template)) ? 'the disk does not know pulls' : 'its template is not understood';
}

function keptBy({ template, params }: Fields): Kept {
  const parameter = fieldsOf(params)?.[String(template)];
  if (template === 'latestPushedK') return newest(parameter);
  return template === 'nDaysSinceLastPush' || template === 'lastXDays' ? withinDays(parameter) : 'all';
}

interface SelectedTags {
  readonly patterns: readonly string[];
  readonly untagged: boolean;
  readonly why?: string;
}

/** All selectors must agree, each by any tag of the artifact: of several, the first alone selects no less. */
function tagsOf(rule: Fields): SelectedTags {
  const selectors = listOf(rule['tag_selectors']).map((value) => fieldsOf(value) ?? {});
  const [first] = selectors;
  if (first === undefined) return { patterns: [], untagged: true };
  const untagged = selectors.every(selectsUntagged);
  const pattern = first['pattern'] === '' ? '.*' : doublestarPattern(String(first['pattern']));
  const excludes = first['decoration'] === 'excludes';
  const isKnown = first['kind'] === 'doublestar' && (excludes || first['decoration'] === 'matches');
  if (pattern === undefined || !isKnown)
    return { patterns: [], untagged, why: 'which tags it selects is not understood' };
  const patterns = excludes ? [`!${pattern}`] : pattern === '.*' ? [] : [pattern];
  if (selectors.length === 1) return { patterns, untagged };
  return { patterns, untagged, why: 'it selects tags in several ways at once' };
}

/**
 * `extras` is JSON in JSON, its key in any case. Without it, and where Harbor cannot read it, a match takes what has no tag
 * along, and an exclusion does, too.
 */
function selectsUntagged({ decoration, extras }: Fields): boolean {
  const stated = statedUntagged(extras);
  if (decoration === 'excludes') return stated === undefined || !stated.every((value) => value === true);
  return stated === undefined || stated.some((value) => value !== false && value !== null);
}

/** What `extras` says of what has no tag: `false` where it says nothing of it, `undefined` where it cannot be read. */
function statedUntagged(extras: unknown): readonly unknown[] | undefined {
  if (typeof extras !== 'string' || extras === '') return undefined;
  try {
    const stated: unknown = JSON.parse(extras);
    const fields = stated === null ? {} : fieldsOf(stated);
    if (fields === undefined) return undefined;
    const values = Object.entries(fields).flatMap(([key, value]) => (key.toLowerCase() === 'untagged' ? [value] : []));
    return values.length === 0 ? [false] : values;
  } catch {
    return undefined;
  }
}

/** Harbor's globs are over names without the project. */
function repositoriesOf(rule: Fields): { readonly repositories: readonly string[] | undefined; readonly why?: string } {
  const selectors = listOf(fieldsOf(rule['scope_selectors'])?.['repository']).map((value) => fieldsOf(value) ?? {});
  const [{ kind, decoration, pattern } = {}, ...more] = selectors;
  const glob = pattern === '' ? '**' : String(pattern);
  if (more.length > 0 || kind !== 'doublestar' || !isPlainGlob(`PROJECT/${glob}`)) {
    return { repositories: undefined, why: 'which repositories it selects is not understood' };
  }
  // There, `a/**` is not `a` itself (bmatcuk/doublestar, before v2).
  const above = /^(.+)\/\*\*$/.exec(glob)?.[1];
  if (decoration === 'repoMatches') {
    return { repositories: [`PROJECT/${glob}`, ...(above === undefined ? [] : [`!PROJECT/${above}`])] };
  }
  if (decoration === 'repoExcludes') return { repositories: ['PROJECT/**', `!PROJECT/${glob}`] };
  return { repositories: undefined, why: 'which repositories it selects is not understood' };
}
