/**
 * The library: what the command line is made of, as far as it only reads. Nothing here deletes, or writes anywhere: what goes
 * is carried out by `regsweep sweep`, which takes the lines of a plan.
 *
 * ```ts
 * import { writeFile } from 'node:fs/promises';
 * import { openRegistry, scan, mark, plan } from 'regsweep';
 *
 * const registry = await openRegistry('/var/lib/registry');
 * const inventory = await scan(registry);
 * const { totals, lines } = plan(mark(inventory), { mode: 'untagged' });
 * if (totals.total.diskBytes > 1e9) await writeFile('plan.ndjson', lines());
 * ```
 *
 * In this order: each takes what the one before it gives. `scan` has to be told what the inventory will be asked for (an age, a
 * policy), for what it was not told it has not read. Sizes are bytes, `bytes` as a file is long and `diskBytes` as it is
 * allocated; times are epoch milliseconds but where a text is declared (ISO 8601, UTC); ages are seconds. Whatever is known to
 * fail throws an `AppError`, whose `code` is stable.
 */
export { locateRegistry as openRegistry, type LocatedRegistry as Registry } from './scan/locate.ts';
export {
  scanRegistry as scan,
  type ScanningPorts,
  type ScanRequest,
  type TargetRequest,
} from './pipeline/scan-registry.ts';
export { markInventory as mark, type Marked, type MarkRequest } from './pipeline/mark-inventory.ts';
export { planMarked as plan, type Planned, type PlannedAmounts, type PlanRequest } from './pipeline/plan-marked.ts';
export { retentionOf, type StatedPolicy, type StatedRules } from './policy/stated.ts';
export { AppError, type ErrorCode } from './shared/errors.ts';
export type { Action } from './gc/action.ts';
export type { Amount } from './gc/amounts.ts';
export type { PlanTotals } from './gc/plan-totals.ts';
export type { Inventory } from './inventory/inventory.ts';
export type { Retention } from './policy/model.ts';
export type { Problem } from './shared/problem.ts';
export type { Progress } from './shared/progress.ts';
