/** Why each tag stays or goes, repository by repository. */
import type { Analysis } from '../gc/analysis.ts';
import { explainTags } from '../gc/explain.ts';
import type { Governed } from '../gc/retention.ts';
import { EXCLUDED } from '../gc/mark.ts';
import { NONE, type Inventory } from '../inventory/inventory.ts';
import { ordersByCreated } from '../policy/times.ts';
import type { RetentionOfRepository } from '../report/model.ts';
import type { Explanation } from '../report/model-retention.ts';
import { at, flagAt, numberAt } from '../shared/columns.ts';
import { compareText } from '../shared/problem.ts';
import { isoTime } from '../shared/times.ts';
import { registryOf } from './view.ts';

/** The repositories that a policy governs and in which anything may go, by name; their tags, the newest first. */
export function retentionOf({ inventory, policy }: Analysis): readonly RetentionOfRepository[] {
  if (policy === undefined) return [];
  const found: RetentionOfRepository[] = [];
  for (const [id, { name }] of inventory.repositories.entries()) {
    const by = policy.governed.policyOf(id);
    if (by === undefined || flagAt(policy.marking.held, id) === EXCLUDED) continue;
    const isByCreated = ordersByCreated(by);
    const explained = explainTags(policy, id).map(({ row, kept, reasons }) => ({
      ...tagFacts(inventory, row),
      ...(isByCreated ? { createdAt: createdAt(policy.governed, at(inventory.tags.current, row)) } : {}),
      kept,
      reasons,
    }));
    const tags = newestFirst(explained, isByCreated ? 'createdAt' : 'pushedAt');
    found.push({ repository: name, policy: by.name, tags });
  }
  return found.sort((a, b) => compareText(a.repository, b.repository));
}

function createdAt(governed: Governed, image: number): string | null {
  return image === NONE ? null : isoTime(governed.createdAt(image));
}

/** The same as a document of its own. */
export function explanationOf(analysis: Analysis): Explanation {
  return {
    schema: 'regsweep.retention/1',
    registry: registryOf(analysis.inventory),
    retention: retentionOf(analysis),
  };
}

type TagFacts = Pick<RetentionOfRepository['tags'][number], 'tag' | 'digest' | 'pushedAt'>;

/** The tag of a row. */
export function tagFacts({ tags, digests }: Inventory, row: number): TagFacts {
  const current = at(tags.current, row);
  return {
    tag: tags.name[row] ?? '',
    digest: current === NONE ? null : digests.digest(current),
    pushedAt: isoTime(numberAt(tags.time, row)),
  };
}

/** By one of their times: what has none comes last, equals by name. */
export function newestFirst<Tag extends TagFacts & { readonly createdAt?: string | null }>(
  tags: readonly Tag[],
  time: 'pushedAt' | 'createdAt',
): readonly Tag[] {
  return tags.toSorted((a, b) => compareText(b[time] ?? '', a[time] ?? '') || compareText(a.tag, b.tag));
}
