/** The parts of the registry's `config.yml` that we heed (distribution, `configuration/configuration.go`). */
import { readFileSync, statSync } from 'node:fs';
import { parse as parseYaml } from 'yaml';
import * as z from 'zod';
import type { Elsewhere } from '../inventory/inventory.ts';
import { AppError } from '../shared/errors.ts';
import { nestsTooDeep } from '../shared/nesting.ts';

const MAX_CONFIG_BYTES = 1024 * 1024;
/** The filesystem driver's default (distribution, `registry/storage/driver/filesystem/driver.go`). */
const DEFAULT_ROOT = '/var/lib/registry';
/** Goes before the config file, as in the registry (distribution, `configuration/parser.go`). */
const ROOT_VARIABLE = 'REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY';
/** What stands in `storage` beside the driver (`configuration.go`, `Storage.Type`). */
const BESIDE_DRIVER = new Set(['maintenance', 'cache', 'delete', 'redirect', 'tag']);

const configSchema = z.object({
  storage: z
    .looseObject({
      filesystem: z.object({ rootdirectory: z.string().optional() }).nullish(),
      maintenance: z
        .object({ readonly: z.object({ enabled: z.unknown() }).nullish() })
        .nullish()
        .catch(undefined),
    })
    .nullish(),
  proxy: z.object({ remoteurl: z.string().optional() }).nullish(),
  // GitLab's registry knows `prefer`, too.
  database: z.object({ enabled: z.union([z.boolean(), z.string()]).optional() }).nullish(),
});

export type RegistryConfig = z.infer<typeof configSchema>;

/** Reads the file at `real`, which the operator called `given`. Throws `not-a-registry` where it is no such file. */
export function readConfig(given: string, real: string): RegistryConfig {
  const hint = "give the registry's rootdirectory, or the config.yml that it is started with";
  if (statSync(real).size > MAX_CONFIG_BYTES) {
    throw new AppError('not-a-registry', `${given} is too large to be a registry's config.yml`, hint);
  }
  try {
    const text = readFileSync(real, 'utf8');
    if (nestsTooDeep(text)) throw new Error('it nests too deep');
    return configSchema.parse(parseYaml(text));
  } catch (cause) {
    throw new AppError('not-a-registry', `${given} is a file, and not a registry's config.yml`, hint, { cause });
  }
}

/** The filesystem driver's root that a registry with this config and environment has. */
export function rootdirectoryOf(
  config: RegistryConfig,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  const root = environment[ROOT_VARIABLE] ?? config.storage?.filesystem?.rootdirectory;
  return root === undefined || root === '' ? DEFAULT_ROOT : root;
}

/** Who says what `rootdirectoryOf` gives: the variable's name, or `file`, the config that was given. */
export function rootdirectorySaidBy(file: string, environment: Readonly<Record<string, string | undefined>>): string {
  return environment[ROOT_VARIABLE] === undefined ? file : ROOT_VARIABLE;
}

/** Whether its data lies in another kind of storage: a bucket, memory. */
export function isStoredElsewhere(config: RegistryConfig): boolean {
  const drivers = Object.keys(config.storage ?? {}).filter((name) => !BESIDE_DRIVER.has(name));
  return drivers.length > 0 && !drivers.includes('filesystem');
}

/** Whether a registry that starts with it takes no writes. The registry wants a boolean there, and panics otherwise. */
export function isReadOnly(config: RegistryConfig): boolean {
  return config.storage?.maintenance?.readonly?.enabled === true;
}

export function elsewhereOf(config: RegistryConfig): Elsewhere {
  const database = config.database?.enabled ?? false;
  return {
    metadataDatabase: database !== false && database !== 'false',
    pullThrough: (config.proxy?.remoteurl ?? '') !== '',
  };
}
