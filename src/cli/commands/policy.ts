import type { Argv } from 'yargs';
import type { CommandContext } from '../context.ts';
import type { ArgumentsOf } from '../options.ts';
import { example, OWN_OPTIONS, withFormat, withOutput } from '../options.ts';

/** What may follow `policy`. */
export const POLICY_COMMANDS = ['check', 'import'] as const;

function withFile<T>(program: Argv<T>, describe: string) {
  return program.positional('file', { type: 'string', demandOption: true, describe });
}

const checkOptions = (program: Argv) =>
  withFormat(withFile(program, 'the policy file, YAML'), ['table', 'json'])
    .example(...example('policy check policy.yml', 'what each policy keeps, in words'))
    .example(...example('policy check policy.yml --json', 'the same for a pipeline: status 2 where it is wrong'));

export type PolicyCheckArguments = ArgumentsOf<typeof checkOptions>;

const importOptions = (program: Argv) =>
  withOutput(withFile(program, "another registry's policy, JSON or YAML"))
    .option('from', {
      type: 'string',
      choices: ['ecr', 'harbor', 'zot'],
      requiresArg: true,
      group: OWN_OPTIONS,
      describe: 'whose policy it is; default: whose it looks like',
    })
    .example(...example('policy import harbor-retention.json -o policy.yml', 'a retention policy of Harbor'))
    .example(...example('policy import lifecycle.json --from ecr', 'a lifecycle policy of ECR, to be looked at'));

export type PolicyImportArguments = ArgumentsOf<typeof importOptions>;

/** `regsweep policy check|import FILE`. */
export function policyCommand(program: Argv, context: CommandContext): Argv {
  return program.command('policy', 'checks a retention policy; translates those of others', (nested) =>
    nested
      .command(
        'check <file>',
        'says what each policy of a file keeps, or all that is wrong with it',
        checkOptions,
        async (args) => (await import('../run/policy-check.ts')).runPolicyCheck(args, context),
      )
      .command(
        'import <file>',
        'translates a policy of ECR, Harbor or zot, and says what cannot be carried',
        importOptions,
        async (args) => (await import('../run/policy-import.ts')).runPolicyImport(args, context),
      )
      .demandCommand(1, 'regsweep policy check FILE, or regsweep policy import FILE'),
  );
}
