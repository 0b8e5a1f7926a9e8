import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import {
  summarizeProfile,
  summarizeProfiles,
  underProfiler,
  type CpuProfile,
} from '../../../scripts/bench/cpu-profile.ts';
import { temporaryFile, temporaryFolder } from '../../support/temporary.ts';

const frame = (functionName: string, url = '', lineNumber = 0): CpuProfile['nodes'][number]['callFrame'] => ({
  functionName,
  url,
  lineNumber,
});

describe('a summary of a CPU profile', () => {
  const profile: CpuProfile = {
    startTime: 1_000_000,
    endTime: 1_050_000,
    nodes: [
      { id: 1, callFrame: frame('(root)') },
      { id: 2, callFrame: frame('', 'file:///p/dist/scan-worker.js', 0) },
      { id: 3, callFrame: frame('list', 'file:///p/dist/chunk-A.js', 9) },
      { id: 4, callFrame: frame('(idle)') },
      { id: 5, callFrame: frame('list', 'file:///p/dist/chunk-A.js', 9) },
    ],
    samples: [2, 3, 4, 5, 3],
    timeDeltas: [2000, 10_000, 20_000, 5000, 3000],
  };

  it('has the functions of a thread by their own time, each once, and says what was idle', () => {
    expect(summarizeProfile(profile, 'thread 1').split('\n')).toEqual([
      'scan-worker.js: 50 ms, 20 of them busy, 20 idle',
      '   ms own  busy  function',
      '      18  90.0%  list  chunk-A.js:10',
      '       2  10.0%  (anonymous)  scan-worker.js:1',
      '',
    ]);
  });

  it('names a thread by its number where nothing tells what it does', () => {
    expect(summarizeProfile({ ...profile, samples: [], nodes: [] }, 'thread 7')).toMatch(/^thread 7: 50 ms, 0 of them/);
  });

  it('names no folder of the machine that built the program', () => {
    const callFrame = frame('../../home/me/node_modules/yargs/index.js', 'file:///p/dist/main.js', 4);
    const [, , line] = summarizeProfile({ ...profile, nodes: [{ id: 3, callFrame }] }, 'thread 1').split('\n');
    expect(line).toBe('      13 100.0%  node_modules/yargs/index.js  main.js:5');
  });

  it('is of every thread of a run, the main thread first', () => {
    const worker = temporaryFile('scan-worker.js', 'const end = Date.now() + 60; while (Date.now() < end);');
    const main = temporaryFile('main.js', `new (require('worker_threads').Worker)(${JSON.stringify(worker)})`);
    const folder = temporaryFolder('profiles');
    const command = underProfiler({ program: 'node', args: [main] }, folder);
    execFileSync(process.execPath, command.args);
    expect(summarizeProfiles(folder)).toMatch(/^main\.js: .*\n[^]*\nscan-worker\.js: /);
  });

  it('is of Node alone', () => {
    expect(() => underProfiler({ program: 'find', args: ['/'] }, '/tmp')).toThrow(/find is not node/);
  });
});
