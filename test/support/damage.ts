/**
 * The damages that volumes are found with, each inflicted alone on a copy of the fixture: what stopped pushes, crashes,
 * file managers, backups and hands leave behind. The table is what 2.8.2 and 3.x were seen to lose data on, to abort on,
 * or to survive. Each entry works on a registry root that holds the repository `app` of `fixtures/registry`.
 */
import { blobDamages } from './damage-blobs.ts';
import { linkDamages } from './damage-links.ts';
import { manifestDamages } from './damage-manifests.ts';
import type { Damage } from './damage-site.ts';
import { treeDamages } from './damage-tree.ts';

/** Every damage, by area, in a fixed order; names are unique. */
export const DAMAGES: readonly Damage[] = [...linkDamages, ...manifestDamages, ...blobDamages, ...treeDamages];

/** The damage of that name; a name that is not in the table is an error. */
export function damage(name: string): Damage {
  const found = DAMAGES.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no damage is called ${name}`);
  return found;
}
