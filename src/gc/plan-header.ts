/** What a plan file says of itself, and of the volume that it is for. */
import { parseDigest } from '../layout/digest.ts';
import type { Inventory } from '../inventory/inventory.ts';
import { chooseWitnesses, type NamedWitness } from '../inventory/witnesses.ts';
import { AppError } from '../shared/errors.ts';
import { isoTime } from '../shared/times.ts';
import type { Plan } from './plan.ts';
import { PLAN_SCHEMA, type PlanHeader } from './plan-file.ts';

export type PlanFacts = Pick<PlanHeader, 'mode' | 'minAgeSeconds' | 'options' | 'policy'> & {
  /** Epoch milliseconds. */
  readonly createdAt: number;
};

/** The first line of a plan's file. */
export function planHeader(inventory: Inventory, plan: Plan, facts: PlanFacts): PlanHeader {
  const { mode, minAgeSeconds, options, policy, createdAt } = facts;
  const goes = new Uint8Array(inventory.digests.size);
  for (const id of plan.blobs) goes[id] = 1;
  const witnesses = chooseWitnesses(inventory, (id) => goes[id] === 0).map(({ digest, bytes, time }) => ({
    digest: inventory.digests.digest(digest),
    bytes,
    mtime: isoTime(time) ?? new Date(0).toISOString(),
  }));
  return {
    schema: PLAN_SCHEMA,
    root: inventory.root,
    createdAt: new Date(createdAt).toISOString(),
    mode,
    minAgeSeconds,
    options,
    ...(policy === undefined ? {} : { policy }),
    witnesses,
  };
}

/** The witnesses of a plan file, for `belongsTo`. Throws `plan-invalid` where one is none. */
export function witnessesOf({ witnesses }: PlanHeader): readonly NamedWitness[] {
  return witnesses.map(({ digest: text, bytes, mtime }) => {
    const digest = parseDigest(text);
    if (digest === undefined) throw new AppError('plan-invalid', `the plan cannot be used: ${text} is no digest`);
    return { digest, bytes, time: Date.parse(mtime) };
  });
}
