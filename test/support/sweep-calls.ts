/** What a call of a sweep does, by its path: for tests that look at the calls one by one. */
import { relative } from 'node:path';
import type { Call } from './faults.ts';

/** The classes in the order of deletion (`ARCHITECTURE.md`), each with the paths, below `v2`, that go in it. */
const CLASSES: readonly (readonly [string, RegExp])[] = [
  ['tag index entry', /\/_manifests\/tags\/[^/]+\/index\/\w+\/\w{64,}(\/|$)/],
  ['revision', /\/_manifests\/revisions\/\w+\/\w{64,}(\/|$)/],
  ['stray', /\.tmp$/],
  ['layer link', /\/_layers\/\w+\/\w{64,}(\/|$)/],
  ['blob', /^blobs\/\w+\/\w\w\/\w{64,}(\/|$)/],
  ['upload', /\/_uploads\/[^/]+(\/|$)/],
  ['folder', /./],
];

/** The class of a path that is relative to `docker/registry/v2`; empty for that folder itself. */
export function classOf(path: string): string {
  return CLASSES.find(([, shape]) => shape.test(path))?.[0] ?? '';
}

/** The call with the kind of thing that it is about, on the volume or in the state folder; the same in every run. */
export function kindOf({ name, path }: Call, root: string): string {
  const below = relative(root, path);
  const content = /^docker\/registry\/v2\/(.*)/.exec(below)?.[1];
  if (content !== undefined) return `${name} ${classOf(content)}`;
  const own = below.replace(/\/runs\/[^/]+/, '/runs/RUN').replace(/\.\d+\.new$/, '.PID.new');
  return `${name} ${own.replace(/(\/trash\/).*/, '$1folder')}`;
}
