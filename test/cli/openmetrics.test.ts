/** `report --format openmetrics`, as a nightly job writes it for the node exporter. */
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import parsePrometheusTextFormat from 'parse-prometheus-text-format';
import { expect, it } from 'vitest';
import type { Report } from '../../src/report/model.ts';
import { operatedVolume, type OperatedVolume } from '../support/operated-volume.ts';
import { temporaryFolder } from '../support/temporary.ts';

function valueOf(text: string, name: string, label = ''): number | undefined {
  const family = parsePrometheusTextFormat(text).find((one) => one.name === name);
  const sample = family?.metrics.find(({ labels = {} }) => label === '' || Object.values(labels).includes(label));
  return sample === undefined ? undefined : Number(sample.value);
}

async function metrics(volume: OperatedVolume, ...argv: readonly string[]): Promise<string> {
  return (await metricsAndWords(volume, ...argv)).stdout;
}

async function metricsAndWords(volume: OperatedVolume, ...argv: readonly string[]) {
  const { status, ...ended } = await volume.run('report', '--format', 'openmetrics', '--min-age', '0', ...argv);
  expect(status).toBe(0);
  return ended;
}

it('has the figures of the report, and of the sweeps what they took', async () => {
  const volume = operatedVolume();
  const { totals, reclaimable }: Report = await volume.json('report', '--min-age', '0');
  const first = await metrics(volume);
  expect(valueOf(first, 'regsweep_stored_bytes')).toBe(totals.bytes);
  expect(valueOf(first, 'regsweep_reclaimable_disk_bytes')).toBe(reclaimable.total.diskBytes);
  expect(valueOf(first, 'regsweep_last_sweep_bytes')).toBeUndefined();
  const { bytes, diskBytes, run } = await volume.carriedOut('sweep');
  const [{ endedAt } = { endedAt: '' }] = (await volume.json('runs')).runs;
  const swept = await metrics(volume);
  expect(valueOf(swept, 'regsweep_last_sweep_bytes')).toBe(bytes);
  expect(valueOf(swept, 'regsweep_last_sweep_timestamp_seconds')).toBe(Date.parse(endedAt ?? '') / 1000);
  expect(valueOf(swept, 'regsweep_swept_disk_bytes', 'trash')).toBe(diskBytes);
  expect(valueOf(swept, 'regsweep_trash_runs')).toBe(1);
  await volume.run('purge', run);
  expect(valueOf(await metrics(volume), 'regsweep_swept_bytes', 'purged')).toBe(bytes);
  // Without a look at the volume nobody knows its runs.
  expect(valueOf(await metrics(volume, '--no-scan'), 'regsweep_sweeps', 'purged')).toBeUndefined();
});

it('leaves out what is said of sweeps and of the trash where nobody may look at them', async () => {
  const volume = operatedVolume();
  mkdirSync(join(volume.root, '.regsweep'));
  symlinkSync('runs', join(volume.root, '.regsweep/runs'));
  const { stdout, stderr } = await metricsAndWords(volume);
  expect(valueOf(stdout, 'regsweep_sweeps', 'purged')).toBeUndefined();
  expect(valueOf(stdout, 'regsweep_trash_runs')).toBeUndefined();
  expect(stderr).toMatch(/^warning: .* cannot be read: what earlier sweeps left in the trash is not counted$/m);
});

it('-o leaves one file, which everybody can read whatever the umask', async () => {
  const volume = operatedVolume();
  const folder = temporaryFolder('textfile');
  const file = join(folder, 'regsweep.prom');
  const umask = process.umask(0o077);
  try {
    expect(await metrics(volume, '-o', file)).toBe('');
  } finally {
    process.umask(umask);
  }
  expect(readdirSync(folder)).toEqual(['regsweep.prom']);
  expect(statSync(file).mode & 0o777).toBe(0o644);
  expect(readFileSync(file, 'utf8')).toMatch(/^# HELP regsweep_.*\n# EOF\n$/s);
});

it('--metric-repositories says how many have series of their own', async () => {
  const volume = operatedVolume();
  const few = await metrics(volume, '--metric-repositories', '1');
  expect(few.match(/^regsweep_repository_bytes\{.*$/gm)).toHaveLength(2);
  expect(await metrics(volume, '--metric-repositories', '0')).not.toContain('regsweep_repository_');
  expect(await volume.run('report', '--metric-repositories', 'all')).toMatchObject({ status: 2, stdout: '' });
});

it('has no place for what --explain says', async () => {
  const volume = operatedVolume();
  const words = ['--format', 'openmetrics', '--keep-last', '1', '--explain'];
  expect(await volume.run('report', ...words)).toMatchObject({ status: 2, stdout: '' });
});
