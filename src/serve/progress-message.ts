/** What a job tells of its progress, over the channel that it was started with. */
import * as z from 'zod';
import { PROGRESS_MESSAGE } from '../shared/progress.ts';

const progressMessage = z.object({
  type: z.literal(PROGRESS_MESSAGE),
  stage: z.string(),
  unit: z.string(),
  done: z.number(),
  total: z.number().nullable(),
});

export type ProgressOfJob = Pick<z.infer<typeof progressMessage>, 'stage' | 'unit' | 'done' | 'total'>;

/** `undefined` for what is none. */
export function parseProgress(message: unknown): ProgressOfJob | undefined {
  const parsed = progressMessage.safeParse(message);
  if (!parsed.success) return undefined;
  const { stage, unit, done, total } = parsed.data;
  return { stage, unit, done, total };
}
