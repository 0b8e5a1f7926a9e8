/** A volume of releases, and policies for it. */
import { join } from 'node:path';
import { layer } from './content.ts';
import { image } from './images.ts';
import { OperatedVolume } from './operated-volume.ts';
import { temporaryFile, temporaryFolder } from './temporary.ts';
import { createTree } from './tree.ts';

const BASE = layer('base', 9000);

/** `app` and `other` have four releases each, a day between them. */
export function releases(): OperatedVolume {
  const tree = createTree(join(temporaryFolder('compare'), 'registry'));
  const names = ['app', 'other'].flatMap((repository) => [1, 2, 3, 4].map((at) => [repository, at] as const));
  for (const [repository, at] of names) {
    tree.push(
      repository,
      `v${at}`,
      image({ name: `${repository} ${at}`, layers: [BASE, layer(`${repository} ${at}`)] }),
    );
  }
  tree.age(24 * 60);
  for (const [repository, at] of names) tree.pushedAt(repository, `v${at}`, 30 - at);
  return new OperatedVolume(tree.root);
}

/** Keeps the last so many images of the repositories. Returns its path. */
export function policyFile(name: string, repositories: string, count: number): string {
  const text = `policies:\n  - repositories: ["${repositories}"]\n    keepTags:\n      - keepLast: ${count}\n`;
  return temporaryFile(name, text);
}
