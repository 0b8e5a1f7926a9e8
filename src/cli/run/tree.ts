import { largestNodes } from '../../query/largest.ts';
import { allProblems } from '../../query/problems.ts';
import { buildTree } from '../../query/volume-tree.ts';
import { renderTree } from '../../report/index.ts';
import { severitiesOf } from '../../shared/problem.ts';
import type { TreeArguments } from '../commands/tree.ts';
import type { CommandContext } from '../context.ts';
import { parsePositive } from '../numbers.ts';
import { markingOrPolicy } from './marking.ts';
import { startSession } from './session.ts';
import { warnOfProblems } from './warnings.ts';

/** Names on a screen. */
const SHOWN = 30;

/** `regsweep tree`. */
export async function runTree(args: TreeArguments, context: CommandContext): Promise<void> {
  const marking = await markingOrPolicy(args, context.now());
  const depth = args.depth === undefined ? undefined : parsePositive('depth', args.depth);
  const asked = args.top === undefined ? undefined : parsePositive('top', args.top);
  const session = await startSession(args, context);
  const opened = await session.open(marking);
  const tree = buildTree(opened, marking, depth);
  const top = asked ?? (session.format === 'table' ? SHOWN : Infinity);
  const { volume, left } = top === Infinity ? { volume: tree.volume, left: 0 } : largestNodes(tree.volume, top);
  await session.deliver(renderTree(session.format, { ...tree, volume }, left, session.appearance()));
  const damage = opened.figures?.volume.damage ?? severitiesOf(allProblems(opened.analysis));
  warnOfProblems(damage, opened.inventory.complete, session.messages);
}
