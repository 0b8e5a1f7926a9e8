import { importPolicies, SOURCES } from '../../policy/import/import.ts';
import { renderPolicyFile } from '../../report/policy-file.ts';
import type { PolicyImportArguments } from '../commands/policy.ts';
import type { CommandContext } from '../context.ts';
import { createMessages } from '../messages.ts';
import { wantsColor, writeOutput } from '../output.ts';
import { readTextInput } from '../text-input.ts';

/** `regsweep policy import`. Throws `policy-invalid`, and `usage` where nobody can tell whose policy it is. */
export async function runPolicyImport(args: PolicyImportArguments, context: CommandContext): Promise<void> {
  const source = SOURCES.find((name) => name === args.from);
  const text = await readTextInput(args.file, 'policy-invalid');
  const { from, policies, notes } = importPolicies(args.file, text, source);
  const head = `Translated by regsweep from a policy of ${from}. It keeps no less; read what it says before you use it:`;
  const file = renderPolicyFile(policies, [head, ...notes.map((note) => `- ${note}`)]);
  await writeOutput(file, args.output, context.stdout);
  const color = wantsColor(args.color, context.stderr.isTTY === true, context.environment);
  const messages = createMessages(context.stderr, { quiet: args.quiet, verbose: args.verbose, color });
  for (const note of notes) messages.warn(note);
}
