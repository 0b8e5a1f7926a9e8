/**
 * Where long work tells how far it is. Stages call it; `cli/progress-bar.ts` draws it; everybody else passes `noProgress`.
 * `total` is given only when it is known: a bar never pretends.
 */
export interface DoneBytes {
  readonly done: number;
  readonly total: number;
}

export interface Progress {
  /** Begins a stage. `unit` is a plural noun, as `repositories`; `bytes` are shown as such. */
  start(stage: string, unit: string, total?: number): void;
  /**
   * `done` units of the current stage are finished; a `total` that has become known may come along, and so may the bytes
   * that are done and all there are.
   */
  update(done: number, total?: number, bytes?: DoneBytes): void;
  /** Ends the current stage. */
  stop(): void;
}

export const noProgress: Progress = {
  start: () => undefined,
  update: () => undefined,
  stop: () => undefined,
};

/** The `type` of a message by which a process tells whoever started it how far it is. */
export const PROGRESS_MESSAGE = 'regsweep.progress/1';

/** Where a stage is: a process that has a channel to whoever started it tells it there. */
export interface ProgressMessage {
  readonly type: typeof PROGRESS_MESSAGE;
  readonly stage: string;
  readonly unit: string;
  readonly done: number;
  /** Null where it is not known. */
  readonly total: number | null;
}
