import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/setup.ts'],
    reporters: ['default', './test/support/summary-reporter.ts'],
    // To load everything anew for each file costs a sixth of the whole run.
    isolate: false,
    // Tests wait for programs and disks as much as they compute: a worker for each processor, none left for the waiting.
    maxWorkers: '100%',
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
