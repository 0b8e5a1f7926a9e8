import type { Argv } from 'yargs';
import type { CommandContext } from '../context.ts';
import type { ArgumentsOf } from '../options.ts';
import { withFormat } from '../options.ts';

function withFile<T>(program: Argv<T>, describe: string) {
  return program.positional('file', { type: 'string', demandOption: true, describe });
}

const checkOptions = (program: Argv) => withFormat(withFile(program, 'the policy file, YAML'), ['table', 'json']);

export type PolicyCheckArguments = ArgumentsOf<typeof checkOptions>;

/** `regsweep policy check|import FILE`. */
export function policyCommand(program: Argv, context: CommandContext): Argv {
  return program.command('policy', 'checks a retention policy', (nested) =>
    nested
      .command(
        'check <file>',
        'says what each policy of a file keeps, or all that is wrong with it',
        checkOptions,
        async (args) => (await import('../run/policy-check.ts')).runPolicyCheck(args, context),
      )
      .demandCommand(1, 'what about a policy? regsweep policy --help lists it'),
  );
}
