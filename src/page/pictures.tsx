/** Growth and ages as pictures, beside a table that has the numbers. Heights are pixels. */
import { useCallback } from 'preact/hooks';
import type { History } from '../report/model-history.ts';
import type { AgeBand } from '../report/model-serve.ts';
import { Chart } from './chart.tsx';
import { agesOption } from './charts/ages.ts';
import { growthOption } from './charts/growth.ts';
import type { Palette } from './charts/palette.ts';

/** Of two scans at least. */
export function GrowthChart({ history, height }: { readonly history: History; readonly height: number }) {
  const option = useCallback((palette: Palette) => growthOption(history, palette), [history]);
  return <Chart option={option} height={height} label="Bytes from scan to scan; the table below has the numbers" />;
}

export function AgesChart({ ages, height }: { readonly ages: readonly AgeBand[]; readonly height: number }) {
  const option = useCallback((palette: Palette) => agesOption(ages, palette), [ages]);
  return <Chart option={option} height={height} label="Bytes by the age of tags; the table below has the numbers" />;
}
