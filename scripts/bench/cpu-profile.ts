/** Where the CPU time of a run went, by thread and function: what `node --cpu-prof` saw, as a text small enough to keep. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Command } from './measure.ts';

/** What is used of a `.cpuprofile` (Chrome DevTools Protocol, `Profiler.Profile`). Times are microseconds. */
export interface CpuProfile {
  readonly startTime: number;
  readonly endTime: number;
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  /** The node that was on top at each sample. */
  readonly samples: readonly number[];
  /** From the sample before to this one. */
  readonly timeDeltas: readonly number[];
}

const INTERVAL_MICROSECONDS = 500;
const SHOWN = 25;
const IDLE = '(idle)';
/** The threads of the program, by the file that each begins with. */
const ENTRIES = ['main.js', 'scan-worker.js', 'index-worker.js'];

/** `command`, a `node …`, so that each of its threads leaves a profile in `folder`. Throws where it is something else. */
export function underProfiler(command: Command, folder: string): Command {
  if (!/^node(\.exe)?$/.test(basename(command.program))) throw new RangeError(`${command.program} is not node`);
  const options = ['--cpu-prof', '--cpu-prof-dir', folder, '--cpu-prof-interval', String(INTERVAL_MICROSECONDS)];
  return { program: command.program, args: [...options, ...command.args] };
}

/** A table in plain text for each thread whose profile lies in `folder`, the main thread first. */
export function summarizeProfiles(folder: string): string {
  // CPU.DATE.TIME.PROCESS.THREAD.NUMBER.cpuprofile
  const files = readdirSync(folder).filter((name) => name.endsWith('.cpuprofile'));
  const thread = (name: string): number => Number(name.split('.').at(-3));
  return files
    .sort((a, b) => thread(a) - thread(b))
    .map((name) => {
      const profile = JSON.parse(readFileSync(join(folder, name), 'utf8')) as CpuProfile;
      return summarizeProfile(profile, `thread ${thread(name)}`);
    })
    .join('\n');
}

/** The functions of one thread by the time that they were themselves at work in. */
export function summarizeProfile(profile: CpuProfile, thread: string): string {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node.callFrame]));
  const own = new Map<string, number>();
  for (const [at, sample] of profile.samples.entries()) {
    const frame = nodes.get(sample);
    if (frame === undefined) continue;
    const name = nameOf(frame);
    own.set(name, (own.get(name) ?? 0) + (profile.timeDeltas[at] ?? 0));
  }
  const idle = own.get(IDLE) ?? 0;
  own.delete(IDLE);
  const busy = [...own.values()].reduce((sum, time) => sum + time, 0);
  const rows = [...own].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).slice(0, SHOWN);
  const lines = rows.map(([name, time]) => {
    return `${milliseconds(time).padStart(8)} ${((100 * time) / (busy || 1)).toFixed(1).padStart(5)}%  ${name}`;
  });
  const span = milliseconds(profile.endTime - profile.startTime);
  const head = `${entryOf(profile) ?? thread}: ${span} ms, ${milliseconds(busy)} of them busy, ${milliseconds(idle)} idle`;
  return [head, '   ms own  busy  function', ...lines, ''].join('\n');
}

function nameOf({ functionName, url, lineNumber }: CpuProfile['nodes'][number]['callFrame']): string {
  // A bundled module is set up in a function that is named by its path, on the machine that built it.
  const name = functionName.replace(/^.*\/(?=node_modules\/)/, '');
  const place = url === '' ? '' : `  ${basename(url)}:${lineNumber + 1}`;
  return `${name === '' ? '(anonymous)' : name}${place}`;
}

function entryOf(profile: CpuProfile): string | undefined {
  const files = new Set(profile.nodes.map(({ callFrame }) => basename(callFrame.url)));
  return ENTRIES.find((entry) => files.has(entry));
}

function milliseconds(time: number): string {
  return (time / 1000).toFixed(0);
}
