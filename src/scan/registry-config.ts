/** The parts of the registry's `config.yml` that we heed (distribution, `configuration/configuration.go`). */
import { readFileSync, statSync } from 'node:fs';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { AppError } from '../shared/errors.ts';

const MAX_CONFIG_BYTES = 1024 * 1024;

const configSchema = z.object({
  storage: z.object({ filesystem: z.object({ rootdirectory: z.string().optional() }).nullish() }).nullish(),
  proxy: z.object({ remoteurl: z.string().optional() }).nullish(),
  database: z.object({ enabled: z.boolean().optional() }).nullish(),
});

/** Reads the file at `real`, which the operator called `given`. Throws `not-a-registry` where it is no such file. */
export function readConfig(given: string, real: string): z.infer<typeof configSchema> {
  const hint = "give the registry's rootdirectory, or the config.yml that it is started with";
  if (statSync(real).size > MAX_CONFIG_BYTES) {
    throw new AppError('not-a-registry', `${given} is too large to be a registry's config.yml`, hint);
  }
  try {
    return configSchema.parse(parseYaml(readFileSync(real, 'utf8')));
  } catch (cause) {
    throw new AppError('not-a-registry', `${given} is a file, and not a registry's config.yml`, hint, { cause });
  }
}
