/** The order in which a sweep asks the system to change the volume, and what it makes durable before it goes on. */
import { dirname, join, relative } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { countCalls, type Call } from '../support/faults.ts';
import { classOf as classOfPath } from '../support/sweep-calls.ts';
import { sweepSite } from '../support/sweep-site.ts';

/** Of the classes of deletion (`ARCHITECTURE.md`). */
const ORDER = ['tag index entry', 'revision', 'layer link', 'blob', 'upload', 'stray', 'folder'];

const MODES = [
  { name: 'a sweep --untagged', untagged: true, trash: true },
  { name: 'a sweep --untagged --no-trash', untagged: true, trash: false },
];

describe.each(MODES.map((mode) => [mode.name, mode] as const))('%s', (_name, mode) => {
  let v2: string;
  let calls: readonly Call[];

  beforeAll(async () => {
    const site = sweepSite();
    v2 = join(site.root, 'docker/registry/v2');
    const ended = await countCalls(site.sweepCommand(mode));
    expect(ended).toMatchObject({ status: 0, signal: null });
    calls = ended.calls;
  });

  function takesAway(call: Call): boolean {
    return ['rename', 'unlink', 'rmdir'].includes(call.name) && call.path.startsWith(`${v2}/`);
  }

  const classOf = (call: Call): string => classOfPath(relative(v2, call.path));

  it('only renames, unlinks and removes folders below v2, class by class in the order of deletion', () => {
    const below = calls.filter(({ path, to }) => [path, to ?? ''].some((one) => one.startsWith(`${v2}/`)));
    expect(below.filter((call) => !takesAway(call) && call.name !== 'fsync')).toEqual([]);
    const classes = calls.filter(takesAway).map(classOf);
    expect(classes.filter((one, position) => one !== classes[position - 1])).toEqual(ORDER);
  });

  it('makes each class durable before the next begins, and the last before it ends', () => {
    const touched = new Set<string>();
    const late: string[] = [];
    let current: string | undefined;
    for (const call of calls) {
      if (call.name === 'fsync') touched.delete(call.path);
      if (!takesAway(call)) continue;
      if (current !== undefined && classOf(call) !== current) {
        late.push(...[...touched].map((folder) => `${folder} before ${classOf(call)}`));
        touched.clear();
      }
      current = classOf(call);
      touched.add(dirname(call.path));
      if (call.to !== undefined) touched.add(dirname(call.to));
      // What is gone itself needs no more than its parent.
      for (const folder of touched)
        if (folder === call.path || folder.startsWith(`${call.path}/`)) touched.delete(folder);
    }
    expect([...late, ...touched]).toEqual([]);
  });

  it('has written its journal durably, and made its folders, before anything goes', () => {
    const first = calls.findIndex(takesAway);
    const ahead = calls.slice(0, first);
    const written = ahead.filter(({ name, path }) => /^p?writev?$/.test(name) && path.endsWith('journal.ndjson'));
    expect(written).not.toEqual([]);
    const last = ahead.findLastIndex(({ name, path }) => /^p?writev?$/.test(name) && path.endsWith('journal.ndjson'));
    const journal = ahead[last]?.path ?? '';
    const durable = ahead.slice(last).filter(({ name }) => name === 'fsync' || name === 'fdatasync');
    expect(durable.map(({ path }) => path)).toEqual(expect.arrayContaining([journal, dirname(journal)]));
    expect(calls.slice(first).filter(({ name }) => name === 'mkdir')).toEqual([]);
  });
});
