/**
 * Lifecycle policies of Amazon ECR, whose rules expire, where ours keep (Amazon ECR User Guide, "Lifecycle policy
 * properties"). An image obeys the rule of the lowest priority number whose tags it has, and no other; one that no rule
 * selects stays.
 */
import { prefixPattern, wildcardPattern } from './globs.ts';
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

const RULE_WORDS = ['rulePriority', 'description', 'selection', 'action'] as const;
const SELECTION_WORDS = [
  'tagStatus',
  'tagPrefixList',
  'tagPatternList',
  'storageClass',
  'countType',
  'countUnit',
  'countNumber',
] as const;

interface Rule {
  readonly called: string;
  readonly priority: number;
  readonly status: 'tagged' | 'untagged' | 'any' | 'unknown';
  /** An image has a tag of each. */
  readonly patterns: readonly string[];
  readonly kept: Kept;
  /** Why all is kept, where that is more than the rule does. */
  readonly why?: string;
}

/** Translates the document of `put-lifecycle-policy`. Throws `policy-invalid`. */
export function importEcr(document: Fields): Translation {
  const rules = listOf(document['rules']).map(ruleOf);
  if (rules.length === 0) throw cannotImport('the ECR policy has no rules');
  const byPriority = rules.toSorted((a, b) => a.priority - b.priority);
  const tagged = byPriority.filter(({ status }) => status === 'tagged');
  const others = byPriority.find(({ status }) => status === 'any');
  const untagged = byPriority.find(({ status }) => status === 'any' || status === 'untagged');
  const unknown = byPriority.some(({ status }) => status === 'unknown');
  const notSelected = tagged.flatMap(({ patterns }) => patterns.map((pattern) => `!${pattern}`));
  const keepTags = distinct([
    ...tagged.map(({ patterns, kept }) => tagRule(patterns, kept)),
    tagRule(notSelected, others?.kept ?? 'all'),
  ]);
  return {
    policies: [
      {
        repositories: ['REPOSITORY'],
        keepTags: unknown ? [{ always: true }] : keepTags,
        keepUntagged: unknown || untagged === undefined ? true : untaggedUnion([untagged.kept]),
      },
    ],
    notes: [
      'ECR attaches a policy to a repository and does not name it: write its name, or a glob, in place of REPOSITORY.',
      ...byPriority.flatMap(({ called, why }) => (why === undefined ? [] : [`${called}: ${why}; all of it stays.`])),
      'ECR expires an image with all its tags. Here each tag is decided by itself, and an image stays while one does.',
      ...KEPT_BEYOND,
    ],
  };
}

function ruleOf(value: unknown, at: number): Rule {
  const fields = fieldsOf(value) ?? {};
  const selection = fieldsOf(fields['selection']) ?? {};
  const priority = typeof fields['rulePriority'] === 'number' ? fields['rulePriority'] : Number.MAX_SAFE_INTEGER;
  const called = priority === Number.MAX_SAFE_INTEGER ? `The rule at place ${at + 1}` : `Rule ${priority}`;
  const patterns = patternsOf(selection);
  const status = statusOf(selection, patterns);
  const why = whyAll(fields, selection, status, patterns);
  return {
    called,
    priority,
    status,
    patterns,
    ...(why === undefined ? { kept: keptBy(selection) } : { kept: 'all', why }),
  };
}

function patternsOf(selection: Fields): readonly string[] {
  const texts = (name: string) => listOf(selection[name]).filter((item) => typeof item === 'string');
  return [
    ...texts('tagPrefixList').map((prefix) => prefixPattern(prefix)),
    ...texts('tagPatternList').map((pattern) => wildcardPattern(pattern)),
  ];
}

function statusOf(selection: Fields, patterns: readonly string[]): Rule['status'] {
  const { tagStatus: status } = selection;
  if (status === 'tagged') return patterns.length > 0 ? 'tagged' : 'unknown';
  return status === 'untagged' || status === 'any' ? status : 'unknown';
}

function whyAll(
  fields: Fields,
  selection: Fields,
  status: Rule['status'],
  patterns: readonly string[],
): string | undefined {
  const beyond = [...wordsBeyond(fields, RULE_WORDS), ...wordsBeyond(selection, SELECTION_WORDS)];
  const type = fieldsOf(fields['action'])?.['type'];
  if (status === 'unknown') return 'which images it selects is not understood';
  if (beyond.length > 0) return `"${beyond.join('", "')}" is not understood`;
  if (type !== 'expire')
    return type === 'transition' ? 'it moves images to an archive, and here is none' : 'its action is not expire';
  if (!['standard', undefined].includes(selection['storageClass'] as string | undefined)) {
    return 'it expires what is in an archive, and here is none';
  }
  if (selection['countType'] === 'sinceImagePulled') return 'the disk does not know pulls';
  if (patterns.length > 1)
    return 'it selects images that have a tag of each of several kinds, and rules here see one tag at a time';
  return keptBy(selection) === 'all' ? 'its count is not understood' : undefined;
}

function keptBy({ countType: type, countUnit: unit, countNumber: number }: Fields): Kept {
  if (type === 'imageCountMoreThan') return newest(number);
  return type === 'sinceImagePushed' && unit === 'days' ? withinDays(number) : 'all';
}
