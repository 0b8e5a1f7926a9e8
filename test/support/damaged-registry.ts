/** Random registries with none to five damages at once, the same for the same seed. */
import { join } from 'node:path';
import { createRandom } from '../../scripts/registry-generator/random.ts';
import { collectedRegistry } from './collected-registry.ts';
import { DAMAGES } from './damage.ts';
import { damageOne, DAMAGES_OF_A_DISK } from './random-damage.ts';
import { NAMES, pushRandomly } from './random-registry.ts';
import { temporaryFolder } from './temporary.ts';
import { createTree } from './tree.ts';

const UPLOAD = '7d1c1f6e-2f0b-4c8e-9a35-1b2c3d4e5f60';

/** Where it stands, in a folder of its own, and how many damages it has. */
export interface DamagedRegistry {
  readonly root: string;
  readonly damages: number;
}

export function damagedRegistry(seed: number): DamagedRegistry {
  const random = createRandom(seed, 'damaged');
  // In half of them something of the table of damages is done to what that needs.
  const known = random.chance(0.5) ? DAMAGES[random.between(0, DAMAGES.length - 1)] : undefined;
  const root = known === undefined ? join(temporaryFolder('damaged'), 'registry') : collectedRegistry();
  const tree = createTree(root);
  pushRandomly({ tree, random, names: [...NAMES, 'app'], salt: '' });
  if (random.chance(0.3)) tree.putBlob(Buffer.from(`loose ${seed}`), random.pick(['sha256', 'sha512']));
  const upload = { uuid: UPLOAD, startedAt: new Date(0), bytes: Buffer.from('begun') };
  if (random.chance(0.3)) tree.upload('a', upload);
  if (random.chance(0.7)) tree.age(1000);
  const more = random.pick([0, 0, 1, 1, 2, 3, 4]);
  if (more > 0) known?.inflict(root);
  for (let done = 0; done < more; done++) damageOne(root, random, DAMAGES_OF_A_DISK);
  return { root, damages: more === 0 || known === undefined ? more : more + 1 };
}
