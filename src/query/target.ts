/** How far a plan gets to what `--target-free` wants. */
import type { Analysis } from '../gc/analysis.ts';
import type { TargetResult } from '../report/model.ts';

/** Nothing where there is no target. `freed`: allocated bytes of the plan. */
export function targetResult({ limited }: Analysis, freed: number): { readonly target?: TargetResult } {
  return limited === undefined ? {} : { target: resultOf(limited.targetDiskBytes, freed, limited) };
}

/** `wanted`, `freed`: allocated bytes. `chosen`: absent for a plan file, of which nothing is chosen. */
export function resultOf(wanted: number, freed: number, chosen: Analysis['limited']): TargetResult {
  return {
    diskBytes: wanted,
    reached: freed >= wanted,
    freedDiskBytes: freed,
    garbageDiskBytes: chosen?.garbageDiskBytes ?? null,
    images: chosen?.images ?? null,
    candidates: chosen?.candidates ?? null,
  };
}
