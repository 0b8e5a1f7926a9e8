/** The dashboard in `docs/` asks for metrics that there are, by labels that they have. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { METRICS } from '../../src/report/metrics.ts';

const target = z.object({ refId: z.string(), expr: z.string(), legendFormat: z.string() });
const place = z.object({ x: z.int(), y: z.int(), w: z.int(), h: z.int() });
const panel = z.object({ id: z.int(), title: z.string(), gridPos: place, targets: z.array(target).min(1) });
const dashboard = z.object({
  uid: z.string(),
  panels: z.array(panel).min(1),
  templating: z.object({ list: z.array(z.object({ name: z.string(), query: z.string() })) }),
});

const { panels, templating } = dashboard.parse(
  JSON.parse(readFileSync(fileURLToPath(new URL('../../docs/grafana-dashboard.json', import.meta.url)), 'utf8')),
);
const labelsOf = new Map(METRICS.map(({ name, labels }) => [name, ['registry', ...labels]]));

const targets = panels.flatMap(({ title, targets: asked }) => asked.map((one) => ({ title, ...one })));

test.each(targets)('$title: $expr', ({ expr, legendFormat }) => {
  const names = expr.match(/\bregsweep_\w+/g) ?? [];
  expect(names.length).toBeGreaterThan(0);
  for (const name of names) expect([...labelsOf.keys()]).toContain(name);
  const selectors = [...expr.matchAll(/(\bregsweep_\w+)\{([^}]*)\}/g)];
  // Of each registry by itself: without the label the figures of several would be mixed.
  expect(selectors).toHaveLength(names.length);
  for (const [, name = '', selector = ''] of selectors) {
    const labels = [...selector.matchAll(/(\w+)=/g)].map(([, label]) => label);
    expect(labels).toContain('registry');
    for (const label of labels) expect(labelsOf.get(name)).toContain(label);
    for (const [, label] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) expect(labelsOf.get(name)).toContain(label);
  }
});

test('the registries to choose from are those that have metrics', () => {
  const registry = templating.list.find(({ name }) => name === 'registry');
  const [, metric = ''] = /^label_values\((\w+), registry\)$/.exec(registry?.query ?? '') ?? [];
  expect(labelsOf.has(metric)).toBe(true);
});

test('panels have ids of their own, stand side by side, and none lies on another', () => {
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) => {
    expect(x + w).toBeLessThanOrEqual(24);
    return Array.from({ length: w * h }, (_, at) => `${x + (at % w)},${y + Math.floor(at / w)}`);
  });
  expect(new Set(cells).size).toBe(cells.length);
});
