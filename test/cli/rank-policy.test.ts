/** `rank` under a policy. */
import { expect, it } from 'vitest';
import { policyFile, releases } from '../support/released-volume.ts';

it('ranks by what the policy lets go, as the report has it, and the report offers it', async () => {
  const volume = releases();
  const policy = ['--policy', policyFile('app.yml', 'app', 1)];
  const report = await volume.json('report', ...policy);
  const { repositories, status } = await volume.json('rank', '--by', 'reclaimable', ...policy);
  expect({ status, names: repositories.map(({ name }) => name) }).toEqual({ status: 0, names: ['app', 'other'] });
  expect(repositories).toEqual(report.repositories);
  // The scan before was not of this policy.
  expect(repositories[0]).toMatchObject({ growthBytes: null });
  expect(repositories[0]?.reclaimableBytes).toBeGreaterThan(0);
  const table = await volume.run('report', ...policy);
  expect(table.stdout).toContain(`  regsweep rank ${volume.root} --by reclaimable ${policy.join(' ')}`);
  expect((await volume.run('rank', ...policy, '--untagged')).status).toBe(2);
});
