import type { Argv } from 'yargs';
import type { RunningCommand } from '../context.ts';
import type { ArgumentsOf } from '../options.ts';
import { example } from '../options.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

export type Shell = (typeof SHELLS)[number];

const options = (program: Argv) =>
  program
    .positional('shell', { choices: SHELLS, demandOption: true, describe: 'the shell that the script is for' })
    // How the scripts ask: not for people, so no `--help` shows it.
    .option('word', { type: 'string', array: true, hidden: true })
    .option('line', { type: 'string', hidden: true })
    .example(
      ...example('completion bash >> ~/.bashrc', 'for every bash to come; this one reads it by source ~/.bashrc'),
    )
    .example(...example('completion zsh > ~/.zfunc/_regsweep', 'into a folder of fpath'))
    .example(...example('completion fish > ~/.config/fish/completions/regsweep.fish', 'where fish looks for it'));

export type CompletionArguments = ArgumentsOf<typeof options>;

/** `regsweep completion bash|zsh|fish`. */
export function completionCommand(program: Argv, context: RunningCommand): Argv {
  return program.command(
    'completion <shell>',
    'prints a script that completes commands, options, repositories and tags',
    options,
    async (args) => (await import('../run/completion.ts')).runCompletion(args, context),
  );
}
