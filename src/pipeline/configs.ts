/** Which configs a request needs to have been read: a policy may order by when images were created. */
import { configsToRead } from '../gc/created.ts';
import type { DigestId } from '../inventory/digest-table.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { Retention } from '../policy/model.ts';
import { repositoryFilter } from '../shared/globs.ts';

interface ConfigRequest {
  readonly repositories?: readonly string[];
  readonly retention?: Retention;
  readonly compared?: Retention;
  readonly target?: unknown;
}

/** Whether any of its policies orders by that. */
export function isByCreated({ retention, compared }: ConfigRequest): boolean {
  return [retention, compared].some((given) => given?.policies.some(({ orderBy }) => orderBy === 'created'));
}

/** By digest id, each once: of both policies where two are compared. */
export function configsFor(request: ConfigRequest, inventory: Inventory): readonly DigestId[] {
  const isIncluded = repositoryFilter(request.repositories ?? []);
  const isLimited = request.target !== undefined;
  const found = [request.retention, request.compared].flatMap((retention) =>
    retention === undefined ? [] : configsToRead(inventory, { retention, isIncluded, isLimited }),
  );
  return [...new Set(found)];
}
