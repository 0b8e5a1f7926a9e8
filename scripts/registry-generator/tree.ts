import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { generateRegistry } from './generate.ts';
import type { ProfileName } from './profiles.ts';
import type { Totals } from './totals.ts';

/** Beside the registry's own `docker` folder. Written last, so its presence says that the tree is whole. */
const TOTALS_FILE = 'generated.json';

interface TreeRecord {
  readonly profile: ProfileName;
  readonly seed: number;
  readonly totals: Totals;
}

/**
 * Generates a tree in `folder` (the registry root), and notes beside it what it holds.
 *
 * Throws where the folder holds anything already.
 */
export function makeTree(folder: string, profile: ProfileName, seed: number): { totals: Totals; seconds: number } {
  mkdirSync(folder, { recursive: true });
  if (readdirSync(folder).length > 0) throw new Error(`${folder} is not empty`);
  const start = performance.now();
  const totals = generateRegistry(folder, profile, seed);
  const record: TreeRecord = { profile, seed, totals };
  writeFileSync(`${folder}/${TOTALS_FILE}`, JSON.stringify(record));
  return { totals, seconds: (performance.now() - start) / 1000 };
}

/** The totals of the tree in `folder`: it is generated where it is not there yet. Throws where it is another one. */
export function reuseTree(folder: string, profile: ProfileName, seed: number): Totals {
  const file = `${folder}/${TOTALS_FILE}`;
  if (!existsSync(file)) return makeTree(folder, profile, seed).totals;
  const record = JSON.parse(readFileSync(file, 'utf8')) as TreeRecord;
  if (record.profile !== profile || record.seed !== seed) {
    throw new Error(`${folder} holds profile ${record.profile} of seed ${record.seed}`);
  }
  return record.totals;
}
