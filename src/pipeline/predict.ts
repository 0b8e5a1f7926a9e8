/** Has the registry's own collector predicted on a volume, with turns for whoever waits for an interrupt. */
import { setImmediate as turn } from 'node:timers/promises';
import { brokenTags, type BrokenTags } from '../distribution/broken-tags.ts';
import type { Dialect } from '../distribution/dialect.ts';
import type { Steps } from '../distribution/driver.ts';
import { predict, type Prediction } from '../distribution/predict.ts';
import { VolumeFiles } from '../scan/registry-files.ts';
import { AppError } from '../shared/errors.ts';

export interface PredictionRequest {
  /** The registry root, a real path. */
  readonly root: string;
  readonly dialect: Dialect;
  readonly deleteUntagged: boolean;
}

export interface CollectorPrediction extends Prediction, BrokenTags {
  readonly deleteUntagged: boolean;
}

/** Reads the volume as the registry would, and says what its `garbage-collect` would do there. Throws `interrupted`. */
export async function predictCollector(
  { root, dialect, deleteUntagged }: PredictionRequest,
  signal: AbortSignal,
): Promise<CollectorPrediction> {
  const files = new VolumeFiles();
  const prediction = await inTurns(predict({ files, root, dialect, deleteUntagged }), signal);
  const broken = await inTurns(brokenTags(files, root, prediction.gone), signal);
  return { ...prediction, ...broken, deleteUntagged };
}

/** So many steps are done between two turns: some milliseconds. */
const STEPS_AT_ONCE = 1000;

async function inTurns<T>(steps: Steps<T>, signal: AbortSignal): Promise<T> {
  for (;;) {
    for (let done = 0; done < STEPS_AT_ONCE; done++) {
      const step = steps.next();
      if (step.done === true) return step.value;
    }
    await turn();
    if (signal.aborted) throw new AppError('interrupted', 'interrupted while reading the volume as the registry would');
  }
}
