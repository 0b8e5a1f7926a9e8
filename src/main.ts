import { EXIT } from './cli/exit-codes.ts';
import { runProgram } from './cli/run-program.ts';

const interrupt = new AbortController();

function onSignal(): void {
  if (interrupt.signal.aborted) process.exit(EXIT.interrupted);
  interrupt.abort();
}
process.on('SIGINT', onSignal);
process.on('SIGTERM', onSignal);

// A reader of stderr that has gone must not end the work: there is nobody left to tell.
process.stderr.on('error', () => undefined);

// Never `process.exit()` here: it would cut what is still on its way into a pipe.
process.exitCode = await runProgram(process.argv.slice(2), {
  environment: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: process.stdin,
  signal: interrupt.signal,
  now: () => Date.now(),
});
