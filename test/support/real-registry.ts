/**
 * The real registry in tests: Debian's `docker-registry` (distribution 2.8.2) and `skopeo`. Where they are not
 * installed, tests that need them are left out and say so; in CI that is a failure.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { areInstalled } from './installed.ts';
import { RegistryClient } from './registry-client.ts';
import { temporaryFolder } from './temporary.ts';

const REGISTRY = 'docker-registry';
const SKOPEO = 'skopeo';
/** Makes the certificates of those that speak TLS or believe tokens. */
const OPENSSL = 'openssl';
const START_TIMEOUT_MS = 20_000;
const STOP_TIMEOUT_MS = 5_000;

export interface RegistryOptions {
  /** `storage.delete.enabled`; true unless said otherwise. */
  readonly deleteEnabled?: boolean;
  /** `storage.maintenance.readonly.enabled`. */
  readonly readonly?: boolean;
  /** `compatibility.schema1.enabled`. */
  readonly schema1?: boolean;
  /** Manifests may name foreign layers (`validation.manifests.urls.allow`). */
  readonly foreignUrls?: boolean;
  /** `storage.cache.blobdescriptor: inmemory`. */
  readonly cache?: boolean;
  /** `auth`, as its config has it: then the answer to begin with is 401. */
  readonly auth?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Paths of PEM files: it speaks TLS. */
  readonly tls?: { readonly certificate: string; readonly key: string };
}

export interface RunningRegistry {
  /** `127.0.0.1:PORT`, as image names want it. */
  readonly host: string;
  readonly url: string;
  readonly root: string;
  readonly client: RegistryClient;
  /** What it has logged so far. */
  readonly log: () => string;
  /** Ends it and waits until it is gone. */
  readonly stop: () => Promise<void>;
}

/**
 * Whether the real registry's tools are here: `describe.skipIf(!hasRealRegistry())(…)`. Where `CI` is set, missing tools
 * throw instead, so that nothing is left out there.
 */
export function hasRealRegistry(): boolean {
  return areInstalled([REGISTRY, SKOPEO, OPENSSL], 'tests against the real registry');
}

/** Writes a registry configuration for `root` into a folder of its own, and returns its path. */
export function writeRegistryConfig(root: string, options: RegistryOptions = {}): string {
  const config = {
    version: 0.1,
    log: { level: 'info', accesslog: { disabled: true } },
    storage: {
      filesystem: { rootdirectory: root },
      delete: { enabled: options.deleteEnabled ?? true },
      // The purger would remove old uploads from trees that tests have aged.
      maintenance: { uploadpurging: { enabled: false }, readonly: { enabled: options.readonly ?? false } },
      ...(options.cache === true ? { cache: { blobdescriptor: 'inmemory' } } : {}),
    },
    // Port 0: the system chooses a free one and the registry logs it, so tests in parallel never meet.
    http: { addr: '127.0.0.1:0', ...(options.tls === undefined ? {} : { tls: options.tls }) },
    ...(options.auth === undefined ? {} : { auth: options.auth }),
    compatibility: { schema1: { enabled: options.schema1 ?? false } },
    ...(options.foreignUrls === true ? { validation: { manifests: { urls: { allow: ['^https?://'] } } } } : {}),
  };
  const path = join(temporaryFolder('config'), 'config.yml');
  // JSON is YAML.
  writeFileSync(path, JSON.stringify(config, null, 2));
  return path;
}

/** Starts the registry over `root` (made if it is not there) and waits until it answers. */
export async function startRegistry(root: string, options: RegistryOptions = {}): Promise<RunningRegistry> {
  mkdirSync(root, { recursive: true });
  const child = spawn(REGISTRY, ['serve', writeRegistryConfig(root, options)], {
    env: cleanEnvironment(),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
  const host = await listeningAddress(child, () => log);
  const url = `${options.tls === undefined ? 'http' : 'https'}://${host}`;
  const client = new RegistryClient(url);
  // Who does not trust its certificate learns by its log alone that it listens.
  if (options.tls !== undefined) return { host, url, root, client, log: () => log, stop: () => stopChild(child) };
  const answer = await client.request('GET', '/v2/');
  if (answer.status !== (options.auth === undefined ? 200 : 401))
    throw new Error(`the registry answers ${answer.status}:\n${log}`);
  return { host, url, root, client, log: () => log, stop: () => stopChild(child) };
}

export interface MarkedRepository {
  readonly repository: string;
  /** Lines `marking manifest`. */
  readonly manifests: number;
  /** Lines `marking blob`: one for each reference, so the same blob counts again. */
  readonly blobs: number;
}

export interface CollectorOutput {
  /** In the order of the output. */
  readonly marked: readonly MarkedRepository[];
  /** Digests of the lines `blob eligible for deletion`, sorted. */
  readonly eligibleBlobs: readonly string[];
  /** Digests of the lines `manifest eligible for deletion`, sorted; one for each repository that would lose it. */
  readonly eligibleManifests: readonly string[];
}

export interface CollectorResult extends CollectorOutput {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the registry's own `garbage-collect` over `root`. An exit status other than 0 is a result, not an error. */
export async function garbageCollect(
  root: string,
  options: { readonly dryRun: boolean; readonly deleteUntagged?: boolean },
): Promise<CollectorResult> {
  const flags = [
    ...(options.dryRun ? ['--dry-run'] : []),
    ...(options.deleteUntagged === true ? ['--delete-untagged'] : []),
  ];
  const { exitCode, stdout, stderr } = await execa(REGISTRY, ['garbage-collect', ...flags, writeRegistryConfig(root)], {
    // It works on one thread: more of them cost a third as much again, and tests run it hundreds of times.
    env: { ...cleanEnvironment(), GOMAXPROCS: '1' },
    extendEnv: false,
    reject: false,
  });
  if (exitCode === undefined) throw new Error(`${REGISTRY} garbage-collect did not run: ${stderr}`);
  return { ...parseCollectorOutput(stdout), exitCode, stdout, stderr };
}

/** Reads what `garbage-collect` of 2.8 prints (distribution, `registry/storage/garbagecollect.go`). */
export function parseCollectorOutput(stdout: string): CollectorOutput {
  const marked = new Map<string, { repository: string; manifests: number; blobs: number }>();
  const eligible: { blob: string[]; manifest: string[] } = { blob: [], manifest: [] };
  for (const line of stdout.split('\n')) {
    const marking = /^(.+): marking (manifest|blob) \S+ ?$/.exec(line);
    const going = /^(blob|manifest) eligible for deletion: (\S+)$/.exec(line);
    if (marking !== null) {
      const [, repository = '', kind] = marking;
      const row = marked.get(repository) ?? { repository, manifests: 0, blobs: 0 };
      row[kind === 'manifest' ? 'manifests' : 'blobs'] += 1;
      marked.set(repository, row);
    } else if (going !== null) {
      eligible[going[1] === 'manifest' ? 'manifest' : 'blob'].push(going[2] ?? '');
    }
  }
  return {
    marked: [...marked.values()],
    eligibleBlobs: eligible.blob.sort(),
    eligibleManifests: eligible.manifest.sort(),
  };
}

/**
 * `skopeo copy` of one image between `docker://127.0.0.1:PORT/name:tag`, `oci:FOLDER:tag` and `dir:FOLDER`; `all`
 * copies every image of an index. Digests are kept, or it fails.
 */
export async function skopeoCopy(
  source: string,
  destination: string,
  options: { readonly all?: boolean } = {},
): Promise<void> {
  const flags = ['--insecure-policy', 'copy', '--quiet', '--preserve-digests'];
  if (options.all === true) flags.push('--all');
  if (source.startsWith('docker:')) flags.push('--src-tls-verify=false');
  if (destination.startsWith('docker:')) flags.push('--dest-tls-verify=false');
  await execa(SKOPEO, [...flags, source, destination], { env: cleanEnvironment(), extendEnv: false });
}

/** The environment without `REGISTRY_*`: such variables override the registry's configuration. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('REGISTRY_')));
}

async function listeningAddress(child: ChildProcess, log: () => string): Promise<string> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    const address = /listening on (127\.0\.0\.1:\d+)/.exec(log())?.[1];
    if (address !== undefined) return address;
    if (child.exitCode !== null || child.signalCode !== null) break;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await stopChild(child);
  throw new Error(`${REGISTRY} did not start:\n${log()}`);
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  child.kill('SIGTERM');
  await gone;
  clearTimeout(timer);
}
