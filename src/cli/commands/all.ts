import type { Argv } from 'yargs';
import type { RunningCommand } from '../context.ts';
import { completionCommand } from './completion.ts';
import { historyCommand } from './history.ts';
import { lsCommand } from './ls.ts';
import { planCommand } from './plan.ts';
import { POLICY_COMMANDS, policyCommand } from './policy.ts';
import { purgeCommand } from './purge.ts';
import { queryCommand } from './query.ts';
import { rankCommand } from './rank.ts';
import { repairCommand } from './repair.ts';
import { reportCommand } from './report.ts';
import { restoreCommand } from './restore.ts';
import { rmCommand } from './rm.ts';
import { runsCommand } from './runs.ts';
import { scanCommand } from './scan.ts';
import { serveCommand } from './serve.ts';
import { sweepCommand } from './sweep.ts';
import { treeCommand } from './tree.ts';
import { verifyCommand } from './verify.ts';
import { whyCommand } from './why.ts';

/** By the names that their first words are, in the order in which `--help` lists them. */
const COMMANDS = {
  report: reportCommand,
  rank: rankCommand,
  tree: treeCommand,
  history: historyCommand,
  scan: scanCommand,
  ls: lsCommand,
  why: whyCommand,
  verify: verifyCommand,
  query: queryCommand,
  plan: planCommand,
  sweep: sweepCommand,
  rm: rmCommand,
  repair: repairCommand,
  runs: runsCommand,
  restore: restoreCommand,
  purge: purgeCommand,
  serve: serveCommand,
  policy: policyCommand,
  completion: completionCommand,
} as const;

/** What a command line may begin with, and what may follow `policy`. */
export const WORDS = { commands: Object.keys(COMMANDS), under: { policy: POLICY_COMMANDS } } as const;

/** Declares every command, with its options. */
export function withCommands(program: Argv, context: RunningCommand): Argv {
  return Object.values(COMMANDS).reduce((extended, command) => command(extended, context), program);
}
