/** Which tags stay, out of the arguments, and back out of the plan file that they shaped. */
import * as z from 'zod';
import { parseKeepDigests } from '../../policy/keep-digests.ts';
import { VERSION_GROUPS, type Policy, type Retention } from '../../policy/model.ts';
import { readPolicies } from '../../policy/parse.ts';
import { policyOf } from '../../policy/policies.ts';
import type { TagRuleText } from '../../policy/schema.ts';
import { durationSeconds } from '../../shared/durations.ts';
import { AppError } from '../../shared/errors.ts';
import { parseSeconds } from '../durations.ts';
import { parsePositive } from '../numbers.ts';
import { readTextInput } from '../text-input.ts';
import { COUNTING, optionOf, type RetentionArguments } from './retention-words.ts';

const count = z.int().positive().optional();

const rules = z.object({
  keepLast: count,
  keepWithin: z
    .string()
    .refine((text) => durationSeconds(text) !== undefined, 'is no duration')
    .optional(),
  keepHourly: count,
  keepDaily: count,
  keepWeekly: count,
  keepMonthly: count,
  keepYearly: count,
  keepTag: z.array(z.string()).readonly().optional(),
  keepSemver: count,
  keepSemverPer: z.enum(VERSION_GROUPS).optional(),
});

const statedPolicy = z.object({
  /** The rules of the command line. */
  rules: rules.optional(),
  /** Or a policy file, whole: another machine may not have it. */
  file: z.object({ name: z.string(), text: z.string() }).optional(),
  keepDigests: z.array(z.string()).readonly(),
  trustTimes: z.boolean(),
});

/** What decides which tags stay, as a plan file tells it. */
export type StatedPolicy = Readonly<z.infer<typeof statedPolicy>>;
type Rules = Readonly<z.infer<typeof rules>>;

/** Reads what the arguments name, where they ask for a policy (`asksForPolicy`). Throws `usage`, `policy-invalid`. */
export async function readStatedPolicy(args: RetentionArguments): Promise<StatedPolicy> {
  const given = rulesOf(args);
  const isGiven = Object.values(given).some((value) => value !== undefined);
  if (args.policy !== undefined && isGiven) {
    throw new AppError(
      'usage',
      '--policy says itself what is kept: leave out the other --keep options',
      KEEP_DIGESTS_TOO,
    );
  }
  if (given.keepSemverPer !== undefined && given.keepSemver === undefined) {
    throw new AppError('usage', '--keep-semver-per says how --keep-semver counts, and there is none');
  }
  if (args.policy === undefined && !isGiven) {
    const option = args.keepDigests === undefined ? '--trust-times' : '--keep-digests';
    throw new AppError('usage', `${option} is no policy by itself`, 'give a rule, as --keep-last 2, or a --policy');
  }
  return {
    ...(args.policy === undefined
      ? { rules: given }
      : { file: { name: args.policy, text: await readTextInput(args.policy, 'policy-invalid') } }),
    keepDigests: args.keepDigests === undefined ? [] : await readKeepDigests(args.keepDigests),
    trustTimes: args.trustTimes,
  };
}

const KEEP_DIGESTS_TOO = '--keep-digests and --trust-times may stand beside it';

function rulesOf(args: RetentionArguments): Rules {
  const counts = COUNTING.flatMap((name) => {
    const text = args[name];
    return text === undefined ? [] : [[name, parsePositive(optionOf(name).slice(2), text)] as const];
  });
  // Throws where it is none.
  if (args.keepWithin !== undefined) parseSeconds('keep-within', args.keepWithin);
  const per = VERSION_GROUPS.find((group) => group === args.keepSemverPer);
  return {
    ...Object.fromEntries(counts),
    ...(args.keepWithin === undefined ? {} : { keepWithin: args.keepWithin }),
    ...(args.keepTag === undefined ? {} : { keepTag: args.keepTag }),
    ...(per === undefined ? {} : { keepSemverPer: per }),
  };
}

const DIGESTS_HINT =
  "kubectl get pods -A -o jsonpath='{..imageID}' prints digests, and so does docker ps -q | xargs docker inspect -f '{{.Image}}'";

async function readKeepDigests(path: string): Promise<readonly string[]> {
  const { digests, tagged, problems } = parseKeepDigests(await readTextInput(path, 'usage'));
  const [first] = problems;
  // Whatever is left out here would be deleted though it runs.
  if (first !== undefined) throw new AppError('usage', `${path}:${first.line}: ${first.message}`, DIGESTS_HINT);
  // An empty file is a command that failed sooner than a cluster in which nothing runs.
  if (digests.size + tagged.length === 0) {
    throw new AppError('usage', `${path} names no image: nothing would be kept by it`, DIGESTS_HINT);
  }
  return [...new Set([...digests, ...tagged.map((reference) => `${reference.path}:${reference.tag}`)])].sort();
}

/** The policy of a plan file's header. Throws `plan-invalid`. */
export function parseStatedPolicy(value: unknown): StatedPolicy {
  const parsed = statedPolicy.safeParse(value);
  if (parsed.success && (parsed.data.rules === undefined) !== (parsed.data.file === undefined)) return parsed.data;
  throw new AppError('plan-invalid', 'the plan cannot be used: it does not say by which policy it was made');
}

/** Throws `policy-invalid` for a file that is none. */
export function retentionOf({ rules: given, file, keepDigests, trustTimes }: StatedPolicy): Retention {
  const policies = file === undefined ? [policyOfRules(given ?? {})] : readPolicies(file.name, file.text);
  const { digests, tagged, problems } = parseKeepDigests(keepDigests.join('\n'));
  if (problems[0] !== undefined) throw new AppError('plan-invalid', `the plan cannot be used: ${problems[0].message}`);
  return { policies, keepDigests: digests, keepTagged: tagged, trustTimes };
}

/** The policies of another file, beside the same running workloads. Throws `policy-invalid`, `usage` where it cannot be read. */
export async function retentionToCompare(path: string, beside: Retention): Promise<Retention> {
  const policies = readPolicies(path, await readTextInput(path, 'policy-invalid'));
  return { ...beside, policies };
}

/** One policy for all repositories; `--repo` says in which of them anything goes. */
function policyOfRules({ keepTag, keepLast, keepWithin, keepSemver, keepSemverPer: per, ...calendars }: Rules): Policy {
  const counting: TagRuleText = {
    ...(keepLast === undefined ? {} : { mostRecentlyPushedCount: keepLast }),
    ...(keepWithin === undefined ? {} : { pushedWithin: keepWithin }),
    ...calendars,
    ...(keepSemver === undefined ? {} : { keepSemver: { count: keepSemver, ...(per === undefined ? {} : { per }) } }),
  };
  const keepTags = [
    ...(Object.values(counting).some((value) => value !== undefined) ? [counting] : []),
    ...(keepTag === undefined ? [] : [{ patterns: [...keepTag] }]),
  ];
  return policyOf({ name: 'command line', repositories: ['**'], keepTags, deleteReferrers: true }, 0);
}
