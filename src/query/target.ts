/** How far a plan gets to what `--target-free` wants. */
import type { Analysis } from '../gc/analysis.ts';
import type { TargetResult } from '../report/model.ts';

/** Nothing where there is no target. `freed`: allocated bytes of the plan. */
export function targetResult({ limited }: Analysis, freed: number): { readonly target?: TargetResult } {
  if (limited === undefined) return {};
  const { targetDiskBytes, garbageDiskBytes, candidates, images } = limited;
  return {
    target: {
      diskBytes: targetDiskBytes,
      reached: freed >= targetDiskBytes,
      freedDiskBytes: freed,
      garbageDiskBytes,
      images,
      candidates,
    },
  };
}
