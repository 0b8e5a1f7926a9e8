/** Which tags stay, out of the arguments. */
import { parseKeepDigests } from '../../policy/keep-digests.ts';
import { VERSION_GROUPS, type Retention } from '../../policy/model.ts';
import { readPolicies } from '../../policy/parse.ts';
import type { StatedPolicy, StatedRules } from '../../policy/stated.ts';
import { AppError } from '../../shared/errors.ts';
import { parseSeconds } from '../durations.ts';
import { parsePositive } from '../numbers.ts';
import { readTextInput } from '../text-input.ts';
import { COUNTING, optionOf, type RetentionArguments } from './retention-words.ts';

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

function rulesOf(args: RetentionArguments): StatedRules {
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

/** The policies of another file, beside the same running workloads. Throws `policy-invalid`, `usage` where it cannot be read. */
export async function retentionToCompare(path: string, beside: Retention): Promise<Retention> {
  const policies = readPolicies(path, await readTextInput(path, 'policy-invalid'));
  const { keepDigests, keepTagged = [], trustTimes } = beside;
  return { policies, keepDigests, keepTagged, trustTimes };
}
