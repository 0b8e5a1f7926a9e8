/** Random registries as pushes leave them: the same for the same seed. What then goes wrong is `random-damage.ts`. */
import { rmSync } from 'node:fs';
import type { Random } from '../../scripts/registry-generator/random.ts';
import { layerLink, revisionFolder } from '../../src/layout/paths.ts';
import { layer, type Layer } from './content.ts';
import {
  artifact,
  buildkitCache,
  cosignSignature,
  cosignTag,
  image,
  index,
  rawContent,
  type Pushable,
} from './images.ts';
import { schema1Image } from './schema1.ts';
import type { Tree } from './tree.ts';

type Names = readonly [string, ...string[]];

export const NAMES: Names = ['a', 'a/b', 'team/app', 'team/web', 'zoo'];
const TAGS = ['latest', 'v1', 'v2', '_x', 'old'] as const;

export interface RandomPushes {
  readonly tree: Tree;
  readonly random: Random;
  readonly names: Names;
  /** Content of another salt is other content: nothing is shared between the two. */
  readonly salt: string;
}

/** Two to seven pushes into a tree. */
export function pushRandomly(pushes: RandomPushes): void {
  const made: Pushable[] = [];
  const count = pushes.random.between(2, 7);
  for (let push = 0; push < count; push++) pushOne(pushes, made);
}

function pushOne(pushes: RandomPushes, made: Pushable[]): void {
  const { tree, random, names } = pushes;
  const repository = random.pick(names);
  const again = made.length > 0 && random.chance(0.4);
  const pushed = again ? (made[random.between(0, made.length - 1)] ?? anImage(pushes)) : something(pushes, made);
  made.push(pushed);
  const tag = random.chance(0.65) ? random.pick(TAGS) : undefined;
  tree.push(repository, tag, pushed);
  // A child that only another repository holds: the index is pushed, and its parts are not linked.
  const child = pushed.children[0];
  if (child !== undefined && random.chance(0.2)) {
    rmSync(tree.path(revisionFolder(repository, child.digest)), { recursive: true, force: true });
  }
  if (tag !== undefined && random.chance(0.3)) {
    const before = made[random.between(0, made.length - 1)];
    if (before !== undefined) tree.tag(repository, tag, pushed.digest, { history: [before.digest] });
  }
  if (random.chance(0.15)) tree.push(repository, cosignTag(pushed.digest, 'sig'), cosignSignature(pushed));
  if (random.chance(0.1)) tree.write(layerLink(repository, pushed.digest), pushed.digest);
}

function something(pushes: RandomPushes, made: readonly Pushable[]): Pushable {
  const { random, salt } = pushes;
  const kind = random.between(0, 11);
  const about = made[random.between(0, Math.max(0, made.length - 1))];
  const parts = Array.from({ length: random.between(1, 3) }, () => anImage(pushes));
  if (kind < 3)
    return index(
      parts.map((manifest) => ({ manifest })),
      { format: random.pick(['oci', 'docker']) },
    );
  if (kind === 3) {
    const inner = index(parts.map((manifest) => ({ manifest })));
    return index([{ manifest: inner }, { manifest: anImage(pushes) }]);
  }
  if (kind === 4) return buildkitCache(someLayers(pushes));
  if (kind === 5) return schema1Image('old/name', 'v1', someLayers(pushes));
  if (kind === 6 && about !== undefined) {
    const content = rawContent('text/plain', Buffer.from(`about ${salt}${random.between(0, 9)}`));
    return artifact({ artifactType: 'application/vnd.example', content, subject: about });
  }
  return anImage(pushes);
}

function anImage(pushes: RandomPushes): Pushable {
  const { random, salt } = pushes;
  const number = random.between(0, 9);
  return image({
    name: `image ${salt}${number}`,
    layers: someLayers(pushes),
    format: random.pick(['docker', 'oci']),
  });
}

function someLayers({ random, salt }: RandomPushes): readonly Layer[] {
  return Array.from({ length: random.between(1, 3) }, () => layer(`layer ${salt}${random.between(0, 14)}`));
}
