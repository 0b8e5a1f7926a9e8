/** What a walk asks of the volume. Paths are relative to `docker/registry/v2`. */
import type { Steps } from './steps.ts';
import type { Volume } from './volume.ts';

type Answer<Question extends 'list' | 'listDigests' | 'folderBehind' | 'isLink' | 'folderTime' | 'state' | 'read'> =
  Steps<ReturnType<Volume[Question]>>;

/** The questions of `Volume`, which says what each answer means. */
export interface Disk {
  /** Whether it makes a walk wait: then many walks should wait side by side. */
  readonly answersLater: boolean;
  list(path: string): Answer<'list'>;
  listDigests(path: string): Answer<'listDigests'>;
  folderBehind(path: string): Answer<'folderBehind'>;
  isLink(path: string): Answer<'isLink'>;
  folderTime(path: string): Answer<'folderTime'>;
  state(path: string): Answer<'state'>;
  read(path: string, limit: number): Answer<'read'>;
}
