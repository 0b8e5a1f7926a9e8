import type { Style } from './appearance.ts';
import { formatBytes, formatCount } from './format.ts';
import type { TargetResult } from './model.ts';
import { wrapBehind } from './text.ts';

interface Targeted {
  readonly mode: 'revisions' | 'untagged' | 'policy' | 'rm';
  readonly target?: TargetResult;
  /** `--max-bytes`, of a sweep. */
  readonly budget?: { readonly left: number };
  readonly trash: { readonly diskBytes: number };
}

/** How far a plan gets to `--target-free`, and, where it does not get there, what would get further. No target: no lines. */
export function drawTarget({ mode, target, budget, trash }: Targeted, style: Style): string[] {
  if (target === undefined) return [];
  const head = `${style.title('Target')}  ${formatBytes(target.diskBytes)} on disk: `;
  const freed = `${formatBytes(target.freedDiskBytes)}${imagesOf(target)}`;
  if (target.reached) return [`${head}${style.good('reached')}`, ...wrapBehind('  ', freed, style)];
  const more = budget !== undefined && budget.left > 0 ? 'a greater --max-bytes, or the next sweep' : FURTHER[mode];
  const further = [
    ...(more === undefined ? [] : [more]),
    ...(trash.diskBytes > 0 ? [`regsweep purge frees the trash, ${formatBytes(trash.diskBytes)}`] : []),
  ];
  return [
    `${head}${style.warning('not reached')}`,
    ...wrapBehind('  ', freed, style),
    ...further.flatMap((text) => wrapBehind('  further: ', text, style)),
  ];
}

function imagesOf({ images, candidates, garbageDiskBytes }: TargetResult): string {
  if (images === null || candidates === null || garbageDiskBytes === null) return '';
  if (images === 0 && garbageDiskBytes === 0) return ': nothing can go';
  if (images === 0) return ', all of it garbage: no image goes';
  const some = `${formatCount(images)} of the ${formatCount(candidates)} images that may go`;
  return `, ${formatBytes(garbageDiskBytes)} of it garbage, with ${some}`;
}

const FURTHER: Readonly<Partial<Record<Targeted['mode'], string>>> = {
  revisions: '--untagged lets revisions go that no tag names, a policy (--keep-last 1) tags, too',
  untagged: 'a policy (--keep-last 1) lets tags go, too',
  policy: 'a policy that keeps less',
};
