import { Gauge, Registry, type OpenMetricsContentType } from 'prom-client';
import { escapeTerminal } from './escape.ts';
import { METRICS, type Metric } from './metrics.ts';
import type { MetricFacts } from './model-metrics.ts';

type OpenMetricsRegistry = Registry<OpenMetricsContentType>;

/**
 * Metrics as OpenMetrics text without timestamps, which is also the text of Prometheus that the node exporter's textfile
 * collector reads: to that the last line, `# EOF`, is a comment. A metric of which nothing is known is left out.
 */
export async function renderOpenMetrics(facts: MetricFacts): Promise<string> {
  const registry = new Registry<OpenMetricsContentType>();
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  for (const metric of METRICS) addGauge(metric, facts, registry);
  return registry.metrics();
}

function addGauge({ name, help, labels, samples }: Metric, facts: MetricFacts, registry: OpenMetricsRegistry): void {
  const known = samples(facts).flatMap(([value, ...texts]) => (value === null ? [] : [{ value, texts }]));
  if (known.length === 0) return;
  const labelNames = ['registry', ...labels];
  const gauge = new Gauge({ name, help, labelNames, registers: [registry] });
  const root = facts.report.registry.root;
  for (const { value, texts } of known) {
    const labelled = [root, ...texts].map((text, at) => [labelNames[at] ?? '', escapeTerminal(text)] as const);
    gauge.set(Object.fromEntries(labelled), value);
  }
}
