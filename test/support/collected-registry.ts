/** Registries to let the registry's own collector loose on: one by hand, and random ones with random damage. */
import { join } from 'node:path';
import { createRandom } from '../../scripts/registry-generator/random.ts';
import { layer } from './content.ts';
import { image, index } from './images.ts';
import { COLLECTED, damageOne } from './random-damage.ts';
import { NAMES, pushRandomly } from './random-registry.ts';
import { temporaryFolder } from './temporary.ts';
import { createTree } from './tree.ts';

/** As much as a damage of `damage.ts` needs, and what `-m` makes a difference for: an index, and revisions without a tag. A plain run takes nothing. */
export function collectedRegistry(): string {
  const tree = createTree(join(temporaryFolder('collected'), 'registry'));
  const app = image({ name: 'app', layers: [layer('app/base'), layer('app/code')] });
  const old = image({ name: 'old', layers: [layer('app/old')] });
  const before = image({ name: 'before', layers: [layer('app/base'), layer('app/before')] });
  tree.push('app', '0.9', old);
  tree.push('app', undefined, before);
  tree.push('app', '1.0', app);
  tree.tag('app', 'stable', app.digest, { history: [before.digest] });
  const parts = ['amd64', 'arm64'].map((name) => image({ name, layers: [layer(`multi/${name}`)], format: 'oci' }));
  tree.push('shop/multi', 'latest', index(parts.map((manifest) => ({ manifest }))));
  return tree.root;
}

/** A random registry, the same for the same seed, with no damage, one, or a few. */
export function randomRegistry(seed: number): string {
  const random = createRandom(seed, 'collected');
  const tree = createTree(join(temporaryFolder('random'), 'registry'));
  pushRandomly({ tree, random, names: [...NAMES, 'Host/app'], salt: '' });
  if (random.chance(0.3)) tree.putBlob(Buffer.from(`loose ${seed}`), random.pick(['sha256', 'sha512']));
  const damages = random.pick([0, 1, 1, 2, 3]);
  for (let done = 0; done < damages; done++) damageOne(tree.root, random, COLLECTED);
  return tree.root;
}
