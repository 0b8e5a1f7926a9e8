import type { Policy, Retention } from '../../src/policy/model.ts';

/** A policy that is for all repositories and keeps no tag by any rule, unless it is told otherwise. */
export function policyOf(told: Partial<Policy> = {}): Policy {
  return {
    name: 'p',
    repositories: ['**'],
    keepTags: [],
    keepUntagged: [],
    deleteReferrers: true,
    delaySeconds: 0,
    protect: [],
    minKeep: 0,
    orderBy: 'pushed',
    ...told,
  };
}

/** These policies alone: nothing runs, and times are not trusted. */
export function retentionBy(...policies: readonly Policy[]): Retention {
  return { policies, keepDigests: new Set(), trustTimes: false };
}
