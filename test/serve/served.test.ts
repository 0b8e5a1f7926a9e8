/** What the server of the page starts, and when it starts nothing any more. */
import { expect, it } from 'vitest';
import { noProgress } from '../../src/shared/progress.ts';
import { Served } from '../../src/serve/served.ts';
import { temporaryFile, temporaryFolder } from '../support/temporary.ts';

it('starts no sweep once it is ending, though its plan was asked for before', async () => {
  const root = temporaryFolder('registry');
  const said = temporaryFile('said', '');
  const script = `require('node:fs').appendFileSync(${JSON.stringify(said)}, 'started')`;
  const served = new Served(
    {
      root,
      index: {
        root,
        database: `${said}.sqlite`,
        noScan: true,
        full: false,
        diskUsage: false,
        minAgeSeconds: 0,
        repositories: [],
      },
      shape: {
        minAgeSeconds: 0,
        uploadsOlderThanSeconds: undefined,
        limits: { maxDeletePercent: 50, acceptLostRepositories: false, tagsAreComplete: false },
      },
      port: 0,
      host: '127.0.0.1',
      ownNames: [],
      token: 'token',
      mayScan: false,
      sweepRefusal: undefined,
      words: { scan: [], shown: [], shownMarking: [], sweep: [], restore: [] },
    },
    {
      index: {
        environment: {},
        progress: noProgress,
        signal: new AbortController().signal,
        warn: () => undefined,
        now: () => 0,
        pace: {},
      },
      page: { script: '', style: '' },
      program: { command: process.execPath, argv: ['-e', script] },
      environment: {},
      keepPlan: () => Promise.reject(new Error('none is kept')),
      runs: () => ({ schema: 'regsweep.runs/1', runs: [] }),
    },
  );
  const closed = served.close();
  expect(() => served.start({ kind: 'sweep', argv: [] })).toThrow('the server is ending');
  await closed;
  expect(() => served.start({ kind: 'sweep', argv: [] })).toThrow('the server is ending');
  expect(served.state.jobs).toEqual([]);
});
