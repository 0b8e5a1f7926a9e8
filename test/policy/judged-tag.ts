import type { JudgedTag } from '../../src/policy/judged.ts';

/** A tag with nothing out of the ordinary, unless it is told otherwise. */
export function judgedTag(told: Pick<JudgedTag, 'name' | 'image' | 'pushedAt'> & Partial<JudgedTag>): JudgedTag {
  return { isReferrer: false, isYoung: false, isInUse: false, isHeldBack: false, ...told };
}
