import { AppError } from '../shared/errors.ts';
import type { CommandContext } from './context.ts';
import type { ExitStatus } from './exit-codes.ts';
import { EXIT, exitStatusOf } from './exit-codes.ts';
import { createProgram } from './program.ts';

/** Runs one command line to its exit status. What went wrong is said on stderr; nothing is thrown. */
export async function runProgram(argv: readonly string[], context: CommandContext): Promise<ExitStatus> {
  let status: ExitStatus = EXIT.done;
  const endWith = (ended: ExitStatus): void => void (status = ended);
  try {
    await createProgram(argv, { ...context, argv, endWith }).parseAsync();
    return status;
  } catch (error) {
    // The arguments may be what is wrong, so the few options that shape a message are looked for by hand.
    const { createMessages } = await import('./messages.ts');
    createMessages(context.stderr, {
      quiet: false,
      verbose: argv.includes('--verbose'),
      color: context.stderr.isTTY === true && (context.environment['NO_COLOR'] ?? '') === '' && !argv.includes('never'),
    }).fail(error);
    return error instanceof AppError ? exitStatusOf(error.code) : EXIT.failed;
  }
}
