import { setTimeout as delay } from 'node:timers/promises';
import { measure, type Command, type Measurement, type Method } from './measure.ts';

/** A command to compare. */
export interface Contender {
  readonly name: string;
  /** Called before each run, outside of the time taken. */
  readonly prepare: () => Command;
  /** What a run says of itself in its output, in place of what was measured. */
  readonly figures?: (output: string) => Pick<Measurement, 'wallSeconds' | 'cpuSeconds'>;
  /** Called after each run but warm-ups. */
  readonly ended?: () => void;
}

export interface Result {
  readonly name: string;
  /** One per turn. */
  readonly measurements: readonly Measurement[];
}

export interface TurnOptions {
  readonly turns: number;
  /** Whether each runs once before the turns: else the first turn may find what it needs on the disk alone. */
  readonly warmUp: boolean;
  readonly method: Method;
  /** Called before each run, warm-ups left out. */
  readonly beforeRun: () => void;
  readonly progress: (message: string) => void;
}

/** Lets a disturbance by the run before die down. */
const PAUSE_MILLISECONDS = 200;

async function measureContender(contender: Contender, command: Command, method: Method): Promise<Measurement> {
  const { output, ...measurement } = await measure(command, method);
  return { ...measurement, ...contender.figures?.(output) };
}

/** Runs all contenders one after the other, once to warm up where that is wanted, and then so many turns (A B C A B C …). */
export async function runInTurns(contenders: readonly Contender[], options: TurnOptions): Promise<Result[]> {
  const results = contenders.map((contender) => ({ contender, measurements: [] as Measurement[] }));
  for (const contender of options.warmUp ? contenders : []) {
    const warmUp = await measureContender(contender, contender.prepare(), options.method);
    options.progress(`warm-up: ${contender.name} ${warmUp.wallSeconds.toFixed(2)} s`);
  }
  for (let turn = 1; turn <= options.turns; turn += 1) {
    for (const { contender, measurements } of results) {
      const command = contender.prepare();
      options.beforeRun();
      await delay(PAUSE_MILLISECONDS);
      const measurement = await measureContender(contender, command, options.method);
      contender.ended?.();
      measurements.push(measurement);
      options.progress(`turn ${turn}: ${contender.name} ${measurement.wallSeconds.toFixed(2)} s`);
    }
  }
  return results.map(({ contender, measurements }) => ({ name: contender.name, measurements }));
}
