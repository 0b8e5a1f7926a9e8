import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { snapshot } from './snapshot.ts';
import { commonFolder } from './temporary.ts';

const copies = commonFolder('copies');
let copied = 0;

/** Lets `work` have a copy of a folder, with all its times, and removes it then. */
export async function onCopyOf<T>(original: string, work: (copy: string) => Promise<T>): Promise<T> {
  const folder = join(copies(), String(++copied));
  await execa('cp', ['-a', original, folder]);
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** What stands below `docker/registry/v2`: content, modes, times of files (a folder's own time every change sets). */
export function layoutState(root: string): ReadonlyMap<string, string> {
  const entries = snapshot(join(root, 'docker/registry/v2'), { modes: true, times: true });
  return new Map([...entries].map(([path, line]) => [path, line.replace(/^(folder \S+) .*/, '$1')]));
}
