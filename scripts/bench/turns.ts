import { setTimeout as delay } from 'node:timers/promises';
import { measure, type Command, type Measurement, type Method } from './measure.ts';

/** A command to compare. */
export interface Contender {
  readonly name: string;
  /** Called before each run, outside of the time taken. */
  readonly prepare: () => Command;
}

export interface Result {
  readonly name: string;
  /** One per turn. */
  readonly measurements: readonly Measurement[];
}

export interface TurnOptions {
  readonly turns: number;
  readonly method: Method;
  /** Called before each run, warm-ups left out. */
  readonly beforeRun: () => void;
  readonly progress: (message: string) => void;
}

/** Lets a disturbance by the run before die down. */
const PAUSE_MILLISECONDS = 200;

/** Runs all contenders one after the other, once to warm up and then so many turns (A B C A B C …). */
export async function runInTurns(contenders: readonly Contender[], options: TurnOptions): Promise<Result[]> {
  const results = contenders.map((contender) => ({ contender, measurements: [] as Measurement[] }));
  for (const contender of contenders) {
    const warmUp = await measure(contender.prepare(), options.method);
    options.progress(`warm-up: ${contender.name} ${warmUp.wallSeconds.toFixed(2)} s`);
  }
  for (let turn = 1; turn <= options.turns; turn += 1) {
    for (const { contender, measurements } of results) {
      const command = contender.prepare();
      options.beforeRun();
      await delay(PAUSE_MILLISECONDS);
      const measurement = await measure(command, options.method);
      measurements.push(measurement);
      options.progress(`turn ${turn}: ${contender.name} ${measurement.wallSeconds.toFixed(2)} s`);
    }
  }
  return results.map(({ contender, measurements }) => ({ name: contender.name, measurements }));
}
