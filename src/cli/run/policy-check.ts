import { parsePolicies, policyErrors } from '../../policy/parse.ts';
import { policyCheck } from '../../query/policy-check.ts';
import { renderPolicyCheck } from '../../report/index.ts';
import type { PolicyCheckArguments } from '../commands/policy.ts';
import type { CommandContext } from '../context.ts';
import { appearanceOf, formatOf, writeOutput } from '../output.ts';
import { readTextInput } from '../text-input.ts';

/** `regsweep policy check`. Throws `policy-invalid` with all that is wrong; JSON is written all the same. */
export async function runPolicyCheck(args: PolicyCheckArguments, context: CommandContext): Promise<void> {
  const format = formatOf(args);
  const parsed = parsePolicies(await readTextInput(args.file, 'policy-invalid'));
  if (parsed.valid || format === 'json') {
    const text = renderPolicyCheck(format, policyCheck(args.file, parsed), appearanceOf(context, args));
    await writeOutput(text, args.output, context.stdout);
  }
  if (!parsed.valid) throw policyErrors(args.file, parsed.problems);
}
