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

const { channel } = process;
if (channel !== undefined) {
  // Whoever started this with a channel watches it, and stops it. Without him it ends as if it were interrupted.
  process.on('disconnect', () => interrupt.abort());
  // To listen for that must not keep the process.
  channel.unref();
}

// Never `process.exit()` here: it would cut what is still on its way into a pipe.
process.exitCode = await runProgram(process.argv.slice(2), {
  environment: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: process.stdin,
  signal: interrupt.signal,
  now: () => Date.now(),
  program: { command: process.execPath, argv: [...process.execArgv, ...process.argv.slice(1, 2)] },
  // Nobody has to hear of it: a channel that has just gone is no error.
  ...(channel === undefined ? {} : { tellProgress: (message) => void process.send?.(message, () => undefined) }),
});
