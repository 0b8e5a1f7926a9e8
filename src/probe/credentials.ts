/**
 * Who we are to a registry: from the environment, or from where `docker login` keeps it (docker/cli,
 * `cli/config/configfile/file.go`). Credential helpers are other programs, and none is started here.
 */
import { join } from 'node:path';
import * as z from 'zod';
import { errnoOf } from '../shared/errors.ts';
import { readStart } from './files.ts';

export type Credentials =
  | { readonly kind: 'password'; readonly user: string; readonly password: string }
  /** What an OAuth 2 token server gave at a login. */
  | { readonly kind: 'identity-token'; readonly token: string };

export interface Keyring {
  /** Of the registry or token server at `host` (with its port, if it has one of its own), and of no other. */
  credentialsFor(host: string): Credentials | undefined;
  /** Why there may be none, for people. */
  readonly remarks: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

const MAX_CONFIG_BYTES = 1024 * 1024;

const entrySchema = z.object({
  auth: z.string().optional(),
  username: z.string().optional(),
  password: z.string().optional(),
  identitytoken: z.string().optional(),
});
const configSchema = z.object({
  auths: z.record(z.string(), entrySchema).nullish(),
  credsStore: z.string().nullish(),
  credHelpers: z.record(z.string(), z.string()).nullish(),
});
type DockerConfig = z.infer<typeof configSchema>;

/** `registryHosts`: those that the credentials of the environment are for. */
export function openKeyring(environment: Environment, registryHosts: readonly string[]): Keyring {
  const user = environment['REGSWEEP_REGISTRY_USER'];
  const password = environment['REGSWEEP_REGISTRY_PASSWORD'];
  const { config, remarks } = readDockerConfig(environment);
  const entries = new Map(
    Object.entries(config?.auths ?? {}).flatMap(([key, entry]) => {
      const credentials = credentialsOf(entry);
      return credentials === undefined ? [] : [[hostOfKey(key), credentials] as const];
    }),
  );
  return {
    remarks,
    credentialsFor: (host) => {
      if (user !== undefined && password !== undefined && registryHosts.includes(host)) {
        return { kind: 'password', user, password };
      }
      return entries.get(host) ?? entries.get(host.replace(/:(?:80|443)$/, ''));
    },
  };
}

function readDockerConfig(environment: Environment): { config?: DockerConfig; remarks: readonly string[] } {
  const folder = environment['DOCKER_CONFIG'] ?? join(environment['HOME'] ?? '/root', '.docker');
  const path = join(folder, 'config.json');
  try {
    const config = configSchema.parse(JSON.parse(readStart(path, MAX_CONFIG_BYTES)));
    const helpers = [config.credsStore, ...Object.values(config.credHelpers ?? {})].filter(
      (name) => (name ?? '') !== '',
    );
    const remark = `${path} leaves credentials to a helper (${[...new Set(helpers)].join(', ')}), which is not run here`;
    return { config, remarks: helpers.length === 0 ? [] : [remark] };
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return { remarks: [] };
    return { remarks: [`${path} cannot be read as a docker config file`] };
  }
}

function credentialsOf(entry: z.infer<typeof entrySchema>): Credentials | undefined {
  if ((entry.identitytoken ?? '') !== '') return { kind: 'identity-token', token: entry.identitytoken ?? '' };
  if (entry.username !== undefined && entry.password !== undefined) {
    return { kind: 'password', user: entry.username, password: entry.password };
  }
  const plain = Buffer.from(entry.auth ?? '', 'base64').toString('utf8');
  const colon = plain.indexOf(':');
  if (colon < 1) return undefined;
  return { kind: 'password', user: plain.slice(0, colon), password: plain.slice(colon + 1).replace(/\0+$/, '') };
}

/** Keys are hosts, or the URLs that old versions wrote (`https://index.docker.io/v1/`). */
function hostOfKey(key: string): string {
  return (key.replace(/^https?:\/\//, '').split('/')[0] ?? '').toLowerCase();
}
