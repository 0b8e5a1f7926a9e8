/** `docs/schedules/regsweep-maintenance`, over a real registry that is started as a unit of systemd would be. */
import { execa } from 'execa';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { BUILT_PROGRAM } from '../support/built-program.ts';
import { copyFixture } from '../support/fixture.ts';
import { areInstalled } from '../support/installed.ts';
import { hasRealRegistry, writeRegistryConfig } from '../support/real-registry.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { brokenThings } from '../support/whole.ts';

const SCRIPT = fileURLToPath(new URL('../../docs/schedules/regsweep-maintenance', import.meta.url));

/**
 * Starts the registry anew with what the drop-in of its unit puts into its environment, as `systemctl restart` does. Where BROKEN is
 * said, one that is to be read-only does not come up.
 */
const SYSTEMCTL = `#!/bin/sh
set -eu
echo "$@" >>"$LOG"
[ "$1" = restart ] || exit 0
answers() { curl --silent --output /dev/null "http://$REGISTRY_HTTP_ADDR/v2/"; }
if [ -e "$PIDFILE" ]; then kill "$(cat "$PIDFILE")" || true; fi
while answers; do sleep 0.05; done
drop_in=$SYSTEMD_RUNTIME/$2.d/regsweep-read-only.conf
if [ -e "$drop_in" ]; then
  variable=$(sed -n "s/^Environment='\\(.*\\)'$/\\1/p" "$drop_in")
  export "$variable"
  [ -z "$BROKEN" ] || CONFIG=/dev/null
fi
docker-registry serve "$CONFIG" >/dev/null 2>&1 &
echo $! >"$PIDFILE"
# Until it answers or has ended: then the script need not wait a second for each start.
until answers || ! kill -0 $! 2>/dev/null; do sleep 0.05; done
`;

/** Waits for a second, not for a minute. */
const IMPATIENT_CURL = '#!/bin/sh\nPATH=${PATH#*:}\nexec curl "$@" --retry 1\n';

/** In place of a sweep that takes its time, and ends cleanly when it is told to. */
const SLOW_SWEEP = `#!/bin/sh
trap 'kill "$sleep"; exit 5' TERM
sleep 60 &
sleep=$!
echo sweeping
wait
`;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

describe.skipIf(!hasRealRegistry() || !areInstalled(['curl', 'flock', 'setsid'], 'tests of a maintenance'))(
  'a maintenance of a unit',
  () => {
    let pidFile = '';
    afterEach(() => {
      if (existsSync(pidFile)) process.kill(Number(readFileSync(pidFile, 'utf8')));
    });

    /** A machine with a registry over a copy of the fixture, and `sweep`, a program, in place of regsweep where it is given. */
    async function machine(more: { readonly sweep?: string; readonly env?: Readonly<Record<string, string>> } = {}) {
      const root = await copyFixture();
      const broken = brokenThings(root);
      const folder = temporaryFolder('machine');
      pidFile = join(folder, 'pid');
      const bin = join(folder, 'bin');
      mkdirSync(bin);
      const program = more.sweep ?? `#!/bin/sh\nexec ${process.execPath} ${BUILT_PROGRAM} "$@"\n`;
      writeFileSync(join(bin, 'systemctl'), SYSTEMCTL, { mode: 0o755 });
      writeFileSync(join(bin, 'curl'), IMPATIENT_CURL, { mode: 0o755 });
      writeFileSync(join(bin, 'regsweep'), program, { mode: 0o755 });
      const port = await freePort();
      const url = `http://127.0.0.1:${port}`;
      const env = {
        PATH: `${bin}:${process.env['PATH'] ?? ''}`,
        XDG_CACHE_HOME: join(folder, 'cache'),
        SYSTEMD_RUNTIME: join(folder, 'run'),
        CONFIG: writeRegistryConfig(root),
        REGISTRY_HTTP_ADDR: `127.0.0.1:${port}`,
        PIDFILE: pidFile,
        LOG: join(folder, 'log'),
        BROKEN: '',
        ...more.env,
      };
      return {
        run: (...argv: readonly string[]) => execa(SCRIPT, argv, { reject: false, extendEnv: false, env }),
        maintain: (...options: readonly string[]) =>
          execa(SCRIPT, [root, url, ...options], { reject: false, extendEnv: false, env }),
        /** What the registry answers to a push; that nothing is broken is held beside it. */
        writes: async (): Promise<number> => {
          const { status } = await fetch(`${url}/v2/any/blobs/uploads/`, { method: 'POST' });
          expect(brokenThings(root)).toEqual(broken);
          return status;
        },
        told: () => readFileSync(join(folder, 'log'), 'utf8'),
      };
    }

    it('sweeps while the registry takes no writes, and leaves one that does', async () => {
      const { maintain, writes, told } = await machine({ env: { FLUSH: 'echo flushed >>"$LOG"' } });
      const ended = await maintain('--untagged', '--min-age', '0', '--max-delete-percent', '100');
      expect([ended.exitCode, ended.stderr]).toEqual([0, '']);
      expect(ended.stdout).toContain('moved to the trash');
      expect(await writes()).toBe(202);
      const restart = 'daemon-reload\nreset-failed docker-registry.service\nrestart docker-registry.service\n';
      expect(told()).toBe(`${restart}flushed\n${restart}`);
    });

    it('leaves a registry that takes writes where the sweep is refused, with the status of that', async () => {
      const { maintain, writes } = await machine({ env: { FLUSH: 'exit 0' } });
      const ended = await maintain('--untagged', '--min-age', '0', '--max-delete-percent', '0');
      expect([ended.exitCode, await writes()]).toEqual([4, 202]);
    });

    it('says that a cache was not emptied, and leaves a registry that takes writes', async () => {
      const { maintain, writes } = await machine({ env: { FLUSH: 'exit 7' } });
      const ended = await maintain('--untagged');
      expect([ended.exitCode, await writes()]).toEqual([1, 202]);
      expect(ended.stderr).toContain('the cache was not emptied');
    });

    it('leaves a registry that takes writes where it cannot be made read-only', async () => {
      const { maintain, writes } = await machine({ env: { BROKEN: 'yes' } });
      const ended = await maintain('--untagged');
      expect([ended.exitCode, ended.stdout, await writes()]).toEqual([1, '', 202]);
      expect(ended.stderr).toContain('does not answer');
    });

    it('a signal ends the sweep cleanly, and what began is brought to its end', async () => {
      const { maintain, writes } = await machine({ sweep: SLOW_SWEEP });
      const running = maintain();
      await once(running.stdout, 'data');
      expect(await writes()).toBe(405);
      running.kill('SIGHUP');
      expect([(await running).exitCode, await writes()]).toEqual([5, 202]);
    });

    it('two at once: the second is refused, and leaves the first alone', async () => {
      const { maintain, run, writes } = await machine({ sweep: SLOW_SWEEP });
      const running = maintain();
      await once(running.stdout, 'data');
      const others = [await maintain(), await run('--writable')];
      expect(others.map(({ exitCode }) => exitCode)).toEqual([4, 4]);
      expect(await writes()).toBe(405);
      running.kill('SIGTERM');
      expect([(await running).exitCode, await writes()]).toEqual([5, 202]);
    });

    it('what was killed leaves a registry that --writable makes take writes', async () => {
      const { maintain, run, writes } = await machine({ sweep: 'exec >&-\nkill -KILL $PPID\n' });
      await maintain();
      expect(await writes()).toBe(405);
      expect((await run('--writable')).exitCode).toBe(0);
      await expect.poll(writes).toBe(202);
    });
  },
);
