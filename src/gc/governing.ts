import type { Inventory } from '../inventory/inventory.ts';
import type { Policy, Retention } from '../policy/model.ts';
import { repositoryFilter } from '../shared/globs.ts';

/** By repository: the policy that it obeys, which is the first that matches it; `undefined`: it keeps everything. */
export function policiesByRepository(
  { repositories }: Inventory,
  { policies }: Retention,
): readonly (Policy | undefined)[] {
  const matchers = policies.map((policy) => ({ policy, matches: repositoryFilter(policy.repositories) }));
  return repositories.map(({ name }) => matchers.find(({ matches }) => matches(name))?.policy);
}
