/**
 * What a registry's `config.yml` says of its next start. It proves nothing of the registry that runs now, and no more than
 * the file says: variables in the registry's environment go before it, and some that look right do nothing.
 */
import type { Elsewhere } from '../inventory/inventory.ts';
import { locateRegistry } from '../scan/locate.ts';
import { elsewhereOf, isReadOnly, isStoredElsewhere, readConfig, rootdirectoryOf } from '../scan/registry-config.ts';
import { AppError, errnoOf } from '../shared/errors.ts';
import type { Proof, Refusal } from '../shared/refusal.ts';

export interface ConfigQuestion {
  /** `--registry-config`. */
  readonly path: string;
  /** The registry root, a real path. */
  readonly root: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export interface ConfigProof extends Proof {
  /** What the file says of where the truth about the volume is. */
  readonly elsewhere: Elsewhere;
}

const LINE = 'storage.maintenance.readonly.enabled: true';
/** The one variable that a registry heeds there (2.8.2, 3.0.0), with what it has to be. */
const VARIABLE = 'REGISTRY_STORAGE_MAINTENANCE_READONLY';
const NOWHERE: Elsewhere = { metadataDatabase: false, pullThrough: false };

/** Reads the config. That the volume is quiet has to be shown besides. */
export async function proveByConfig({ path, root, environment }: ConfigQuestion): Promise<ConfigProof> {
  const refusals: Refusal[] = [];
  const warnings: string[] = [];
  const refuse = (message: string, hint: string): void =>
    void refusals.push({ code: 'registry-config', message, hint });
  let elsewhere = NOWHERE;
  try {
    const config = readConfig(path, path);
    elsewhere = elsewhereOf(config);
    if (!isReadOnly(config)) {
      refuse(
        `${path} does not say ${LINE}`,
        `write it there and restart the registry: ${VARIABLE}_ENABLED in its environment is ignored or makes it fail`,
      );
    }
    if (isStoredElsewhere(config)) {
      refuse(`${path} is of a registry that does not keep its data in a file system`, 'give the config of this one');
    } else {
      const named = rootdirectoryOf(config, {});
      const found = await rootAt(named);
      if (found !== undefined && found !== root) {
        refuse(`${path} is of the registry at ${found}, not of ${root}`, 'give the config of this one');
      } else if (found === undefined) {
        warnings.push(
          `${path} names the rootdirectory ${named}, where this machine has no registry: is it of ${root}?`,
        );
      }
    }
  } catch (error) {
    if (!(error instanceof AppError) && errnoOf(error) === undefined) throw error;
    const why = error instanceof AppError ? error.message : `${path} cannot be read (${errnoOf(error) ?? 'unknown'})`;
    refuse(why, 'give the config.yml that the registry is started with');
  }
  const variable = environment[VARIABLE];
  if (variable !== undefined) {
    warnings.push(`${VARIABLE} is set here to ${variable}: where the registry has it too, it goes before ${path}`);
  }
  const note = `${path} says ${LINE}: that proves only what the next start of the registry will do, so the volume has to be quiet, too`;
  return { refusals, warnings, notes: refusals.length === 0 ? [note] : [], elsewhere };
}

/** The registry root at a path of this machine, where there is one. A container's path may mean something else here. */
async function rootAt(path: string): Promise<string | undefined> {
  try {
    return (await locateRegistry(path, {})).root;
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}
