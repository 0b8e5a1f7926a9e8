import { SingleBar } from 'cli-progress';
import { formatBytes, formatCount, formatElapsed, formatPercent } from '../report/format.ts';
import { noProgress } from '../shared/progress.ts';
import type { DoneBytes, Progress } from '../shared/progress.ts';
import type { OutputStream } from './context.ts';

/** Progress that can make room for a message in the middle of a stage. */
export interface TerminalProgress extends Progress {
  /** Clears the bar's line; the bar comes back below with the next update. */
  clear(): void;
}

export interface StageState {
  readonly stage: string;
  readonly unit: string;
  readonly done: number;
  /** Absent while nobody knows it: then there is no bar and no percentage, only a count and a rate. */
  readonly total?: number;
  readonly elapsedSeconds: number;
  readonly bytes?: DoneBytes;
}

const BAR_WIDTH = 24;
/**
 * The terminal is left as it is, the cursor seen and lines wrapping: a second interrupt ends the process at once, and
 * nobody would put them back. (`linewrap: true` cuts the text to the terminal's width instead.)
 */
const BAR_OPTIONS = { fps: 10, clearOnComplete: true, hideCursor: false, linewrap: true, emptyOnZero: true } as const;
/** A rate over less than this is noise. */
const LEAST_SECONDS_FOR_RATE = 0.5;

/** A stage that is under way; `bar` is absent while a message has the line. */
interface RunningStage {
  readonly name: string;
  readonly unit: string;
  readonly startedAt: number;
  done: number;
  total: number | undefined;
  bytes: DoneBytes | undefined;
  bar: SingleBar | undefined;
}

/** Progress on `stream` if that is a terminal; else progress that says nothing. */
export function createProgress(stream: OutputStream, enabled: boolean, ascii: boolean): TerminalProgress {
  if (!enabled || stream.isTTY !== true) return { ...noProgress, clear: () => undefined };
  let running: RunningStage | undefined;
  const draw = (stage: RunningStage): void => {
    if (stage.bar === undefined) {
      stage.bar = new SingleBar({ ...BAR_OPTIONS, format: () => describeRunning(stage, ascii), stream });
      stage.bar.start(stage.total ?? 0, stage.done);
    } else stage.bar.update(stage.done);
  };
  const clear = (): void => {
    if (running === undefined) return;
    running.bar?.stop();
    running.bar = undefined;
  };
  const stop = (): void => {
    clear();
    running = undefined;
  };
  return {
    start: (name, unit, total) => {
      stop();
      running = { name, unit, startedAt: Date.now(), done: 0, total, bytes: undefined, bar: undefined };
      draw(running);
    },
    update: (done, total, bytes) => {
      if (running === undefined) return;
      running.done = done;
      running.total = total ?? running.total;
      running.bytes = bytes ?? running.bytes;
      draw(running);
    },
    stop,
    clear,
  };
}

function describeRunning({ name, unit, startedAt, done, total, bytes }: RunningStage, ascii: boolean): string {
  const elapsedSeconds = (Date.now() - startedAt) / 1000;
  return describeStage(
    {
      stage: name,
      unit,
      done,
      elapsedSeconds,
      ...(total === undefined ? {} : { total }),
      ...(bytes === undefined ? {} : { bytes }),
    },
    ascii,
  );
}

/** One line about a stage: what is known of it, and nothing else. */
export function describeStage(state: StageState, ascii: boolean): string {
  const { stage, unit, done, total, elapsedSeconds, bytes } = state;
  const amount = bytes === undefined ? '' : `  ${formatBytes(bytes.done)}/${formatBytes(bytes.total)}`;
  const rate = elapsedSeconds >= LEAST_SECONDS_FOR_RATE ? done / elapsedSeconds : 0;
  const count = unit === 'bytes' ? formatBytes : formatCount;
  const counted = unit === 'bytes' ? '' : ` ${unit}`;
  const rated = rate >= 1 ? `  ${count(Math.round(rate))}/s` : '';
  if (total === undefined) return `${stage}  ${count(done)}${counted}${rated}`;
  const filled = total > 0 ? Math.floor((Math.min(done, total) / total) * BAR_WIDTH) : BAR_WIDTH;
  const [full, empty] = ascii ? ['#', '.'] : ['█', '░'];
  const bar = full.repeat(filled) + empty.repeat(BAR_WIDTH - filled);
  const left = rate >= 1 && done < total ? `  ${describeRemaining(Math.ceil((total - done) / rate))} left` : '';
  const percent = total > 0 ? formatPercent(done, total) : '100%';
  return `${stage}  ${bar}  ${percent}  ${count(done)}/${count(total)}${counted}${amount}${rated}${left}`;
}

/** Whole seconds: more would pretend to know. */
function describeRemaining(seconds: number): string {
  return seconds < 60 ? `${seconds} s` : formatElapsed(seconds);
}
