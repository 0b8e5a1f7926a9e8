/** `docs/schedules/regsweep-maintenance`, over a real registry that is started as a unit of systemd would be. */
import { execa } from 'execa';
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

/** Starts the registry anew with what the drop-in of its unit puts into its environment, as `systemctl restart` does. */
const SYSTEMCTL = `#!/bin/sh
set -eu
echo "$@" >>"$LOG"
[ "$1" = restart ] || exit 0
if [ -e "$PIDFILE" ]; then kill "$(cat "$PIDFILE")"; fi
drop_in=$SYSTEMD_RUNTIME/$2.d/regsweep-read-only.conf
if [ -e "$drop_in" ]; then
  variable=$(sed -n "s/^Environment='\\(.*\\)'$/\\1/p" "$drop_in")
  export "$variable"
fi
docker-registry serve "$CONFIG" >/dev/null 2>&1 &
echo $! >"$PIDFILE"
`;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

describe.skipIf(!hasRealRegistry() || !areInstalled(['curl'], 'tests of a maintenance'))(
  'a maintenance of a unit',
  () => {
    let pidFile = '';
    afterEach(() => {
      if (existsSync(pidFile)) process.kill(Number(readFileSync(pidFile, 'utf8')));
    });

    async function maintain(...options: readonly string[]) {
      const root = await copyFixture();
      const broken = brokenThings(root);
      const folder = temporaryFolder('machine');
      pidFile = join(folder, 'pid');
      const bin = join(folder, 'bin');
      mkdirSync(bin);
      writeFileSync(join(bin, 'systemctl'), SYSTEMCTL, { mode: 0o755 });
      writeFileSync(join(bin, 'regsweep'), `#!/bin/sh\nexec ${process.execPath} ${BUILT_PROGRAM} "$@"\n`, {
        mode: 0o755,
      });
      const port = await freePort();
      const url = `http://127.0.0.1:${port}`;
      const ended = await execa(SCRIPT, [root, url, ...options], {
        reject: false,
        extendEnv: false,
        env: {
          PATH: `${bin}:${process.env['PATH'] ?? ''}`,
          XDG_CACHE_HOME: join(folder, 'cache'),
          SYSTEMD_RUNTIME: join(folder, 'run'),
          CONFIG: writeRegistryConfig(root),
          REGISTRY_HTTP_ADDR: `127.0.0.1:${port}`,
          PIDFILE: pidFile,
          LOG: join(folder, 'log'),
        },
      });
      const writes = await fetch(`${url}/v2/any/blobs/uploads/`, { method: 'POST' });
      expect(brokenThings(root)).toEqual(broken);
      return { ended, writes: writes.status, told: readFileSync(join(folder, 'log'), 'utf8') };
    }

    it('sweeps while the registry takes no writes, and leaves one that does', async () => {
      const { ended, writes, told } = await maintain('--untagged', '--min-age', '0', '--max-delete-percent', '100');
      expect([ended.exitCode, ended.stderr]).toEqual([0, '']);
      expect(ended.stdout).toContain('moved to the trash');
      expect(writes).toBe(202);
      expect(told).toBe('daemon-reload\nrestart docker-registry.service\n'.repeat(2));
    });

    it('leaves a registry that takes writes where the sweep is refused, with the status of that', async () => {
      const { ended, writes } = await maintain('--untagged', '--min-age', '0', '--max-delete-percent', '0');
      expect([ended.exitCode, writes]).toEqual([4, 202]);
    });
  },
);
