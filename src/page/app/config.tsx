/** What the config of an image says. */
import type { ComponentChildren } from 'preact';
import { formatTime } from '../../report/format.ts';
import type { ConfigFacts } from '../../report/model-serve.ts';
import { Name } from './name.tsx';

export function Config({ config }: { readonly config: ConfigFacts }) {
  return (
    <>
      <h2>Config</h2>
      <dl class="app-facts">
        <Fact name="Created" value={config.created === null ? null : formatTime(config.created)} />
        <Fact name="Platform" value={[config.os, config.architecture].filter((part) => part !== null).join('/')} />
        <Fact name="Author" value={config.author} />
        <Fact name="User" value={config.user} />
        <Fact name="Working directory" value={config.workingDirectory} />
        <Fact name="Entrypoint" value={config.entrypoint.join(' ')} isCode />
        <Fact name="Command" value={config.command.join(' ')} isCode />
        <Fact name="Exposed ports" value={config.exposedPorts.join(', ')} />
      </dl>
      <Labels labels={config.labels} />
      <Lines title="Environment" lines={config.environment} />
      <BuildHistory history={config.history} />
    </>
  );
}

interface FactProps {
  readonly name: string;
  readonly value: string | null;
  readonly isCode?: boolean;
}

/** Nothing where the config does not say. */
function Fact({ name, value, isCode = false }: FactProps) {
  if (value === null || value === '') return null;
  return (
    <>
      <dt>{name}</dt>
      <dd>{isCode ? <code class="app-whole">{<Name text={value} />}</code> : <Name text={value} />}</dd>
    </>
  );
}

function Labels({ labels }: { readonly labels: ConfigFacts['labels'] }) {
  if (labels.length === 0) return null;
  return (
    <Section title="Labels">
      <dl class="app-facts app-facts-code">
        {labels.map(([name, value]) => (
          <>
            <dt key={name}>
              <Name text={name} />
            </dt>
            <dd>
              <Name text={value} />
            </dd>
          </>
        ))}
      </dl>
    </Section>
  );
}

function Lines({ title, lines }: { readonly title: string; readonly lines: readonly string[] }) {
  if (lines.length === 0) return null;
  return (
    <Section title={title}>
      <ul class="app-names">
        {lines.map((line, at) => (
          <li key={at}>
            <code class="app-whole">
              <Name text={line} />
            </code>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function BuildHistory({ history }: { readonly history: ConfigFacts['history'] }) {
  if (history.length === 0) return null;
  return (
    <Section title="How it was built">
      <ol class="app-history">
        {history.map(({ created, createdBy, empty }, at) => (
          <li key={at}>
            <code class="app-whole">
              <Name text={createdBy === '' ? '(not said)' : createdBy} />
            </code>{' '}
            <span class="faint">
              {created !== null && formatTime(created)}
              {empty && ' (no layer)'}
            </span>
          </li>
        ))}
      </ol>
    </Section>
  );
}

function Section({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    <>
      <h3>{title}</h3>
      {children}
    </>
  );
}
