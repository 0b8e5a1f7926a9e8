import { parseReferences } from '../../gc/removal-names.ts';
import { parseSeconds } from '../durations.ts';
import type { RmArguments } from '../commands/rm.ts';
import type { RunningCommand } from '../context.ts';
import { runSweeping } from './run-sweeping.ts';

/** `regsweep rm`. */
export async function runRm(args: RmArguments, context: RunningCommand): Promise<void> {
  const references = parseReferences(args.ref);
  const minAgeSeconds = parseSeconds('min-age', args.minAge);
  await runSweeping(args, context, {
    wish: { mode: 'rm', references },
    minAgeSeconds,
    quietSeconds: minAgeSeconds,
    repositories: [],
    shapedBy: { references: args.ref, minAgeSeconds },
  });
}
