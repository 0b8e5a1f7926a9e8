/** What a sweep would free by class, what is kept back, and what lies in the trash. */
import { formatBytes, formatBytesOrUnknown, formatCount, formatDuration, formatQuantity } from '../format.ts';
import type { Amount, Report } from '../model.ts';
import { goingClasses, SWEEP_WORDS } from '../reclaimable.ts';
import { Heads } from './heads.tsx';
import { Section } from './text.tsx';

interface FreedRow {
  readonly name: string;
  readonly count: string;
  readonly bytes: string;
  readonly disk: string;
  readonly isAll?: boolean;
}

export function Freed({ report }: { readonly report: Report }) {
  return (
    <Section id="freed" title={`What a ${SWEEP_WORDS[report.mode]} would free`}>
      <table>
        <Heads of={['what', { number: 'count' }, { number: 'bytes' }, { number: 'on disk' }]} />
        <tbody>
          {freedRows(report).map(({ name, count, bytes, disk, isAll }) => (
            <tr class={isAll === true ? 'all' : undefined}>
              <th scope="row">{name}</th>
              <td class="number">{count}</td>
              <td class="number">{bytes}</td>
              <td class="number">{disk}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <Target report={report} />
      <Rules report={report} />
      <Held report={report} />
    </Section>
  );
}

function freedRows({ reclaimable: going, ifUntagged, mode }: Report): readonly FreedRow[] {
  const all = (name: string, freed: Report['reclaimable']['total']): FreedRow => ({
    name,
    count: formatCount(freed.inodes),
    bytes: formatBytes(freed.bytes),
    disk: formatBytesOrUnknown(freed.diskBytes),
  });
  return [
    ...goingClasses(going).map(({ name, count, size }) => ({
      name,
      count: formatCount(count),
      bytes: size === undefined ? '' : formatBytes(size.bytes),
      disk: size === undefined ? '' : formatBytesOrUnknown(size.diskBytes),
    })),
    { ...all('in all, files and folders', going.total), isAll: true },
    ...(mode === 'revisions' ? [all('with --untagged, files and folders', ifUntagged.total)] : []),
  ];
}

function Target({ report: { target } }: { readonly report: Report }) {
  if (target === undefined) return null;
  return (
    <p>
      Target: {formatBytes(target.diskBytes)} on disk, {target.reached ? 'reached' : 'not reached'} with{' '}
      {formatBytes(target.freedDiskBytes)}.
    </p>
  );
}

function Rules({ report: { policy } }: { readonly report: Report }) {
  if (policy === undefined || policy.rules.length === 0) return null;
  return (
    <>
      <h3>What each rule keeps</h3>
      <table>
        <caption>What would go besides, if only this rule were not there</caption>
        <Heads of={['rule', { number: 'tags' }, { number: 'images' }, { number: 'bytes' }]} />
        <tbody>
          {policy.rules.map((rule) => (
            <tr>
              <th scope="row" class="name">
                {rule.policy === null ? '' : `${rule.policy}: `}
                {rule.text}
              </th>
              <td class="number">{formatCount(rule.tags)}</td>
              <td class="number">{formatCount(rule.images)}</td>
              <td class="number">{formatBytes(rule.bytes)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

function Held({ report: { held, trash, minAgeSeconds } }: { readonly report: Report }) {
  const rows: readonly (readonly [name: string, amount: Amount, why: string])[] = [
    ['excluded', held.excluded, 'linked by a repository outside --repo: name that one, too'],
    ['damaged', held.damaged, 'a repository in doubt loses nothing: mend what is listed under Damage'],
    ['young', held.young, `younger than --min-age ${formatDuration(minAgeSeconds)}: wait, or give a shorter one`],
  ];
  const there = rows.filter(([, { blobs }]) => blobs > 0);
  return (
    <>
      {there.length > 0 && (
        <>
          <h3>Held back</h3>
          <table>
            <caption>What nothing references, and a sweep leaves all the same</caption>
            <Heads of={['held', { number: 'blobs' }, { number: 'bytes' }, 'why']} />
            <tbody>
              {there.map(([name, { blobs, bytes }, why]) => (
                <tr>
                  <th scope="row">{name}</th>
                  <td class="number">{formatCount(blobs)}</td>
                  <td class="number">{formatBytes(bytes)}</td>
                  <td class="faint">{why}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
      {trash.runs > 0 && (
        <p>
          In the trash: {formatQuantity(trash.runs, 'run')}, {formatBytes(trash.diskBytes)} on disk until purged.
        </p>
      )}
    </>
  );
}
