/** `verify --pull-check` for a terminal: whether a pull would work, of an index on which platforms, and why not. */
import type { Problem } from '../shared/problem.ts';
import type { Appearance, Style } from './appearance.ts';
import { styleFor } from './appearance.ts';
import { escapeTerminal } from './escape.ts';
import { formatBytes, formatQuantity } from './format.ts';
import { drawGrid } from './grid.ts';
import type { PullCheck, PulledManifest } from './model-verify.ts';
import { shortDigest } from '../shared/short-digest.ts';
import { wrapBehind } from './text.ts';

const PROBLEMS_SHOWN = 20;

export function renderPullTable(result: PullCheck, appearance: Appearance): string {
  const style = styleFor(appearance);
  const { pull, problems } = result;
  const name = pull.tag === null ? `${pull.repository}@${pull.digest ?? ''}` : `${pull.repository}:${pull.tag}`;
  const said = pull.works ? style.good('can be pulled') : style.error('cannot be pulled');
  const some = !pull.works && pull.manifests.length > 1 && pull.manifests[0]?.works === true;
  const sections = [
    [
      `${style.title('Pull')}  ${escapeTerminal(name)}  ${some ? style.error('cannot be pulled whole') : said}`,
      ...(pull.tag !== null && pull.digest !== null ? [`  ${escapeTerminal(pull.digest)}`] : []),
      `  ${checkedWords(result)}`,
    ],
    pull.manifests.length > 1 ? drawManifests(pull.manifests, style) : [],
    problems.slice(0, PROBLEMS_SHOWN).flatMap((problem) => drawProblem(problem, style)),
    problems.length > PROBLEMS_SHOWN
      ? [style.faint(`  and ${formatQuantity(problems.length - PROBLEMS_SHOWN, 'more problem')}, in the JSON`)]
      : [],
    result.codes.flatMap(({ code, advice }) => wrapBehind(`  ${code}: `, `${advice}.`, style)),
  ];
  const drawn = sections.filter((section) => section.length > 0).map((section) => section.join('\n'));
  return `${drawn.join('\n\n')}\n`;
}

function checkedWords({ checked: { manifests, blobs, hashedBytes } }: PullCheck): string {
  const looked = `${formatQuantity(manifests, 'manifest')} and ${formatQuantity(blobs, 'blob')} looked at`;
  return hashedBytes === null
    ? `${looked}; --data hashes the blobs, too`
    : `${looked}, ${formatBytes(hashedBytes)} hashed`;
}

function drawManifests(manifests: readonly PulledManifest[], style: Style): string[] {
  return drawGrid(
    [{ head: 'platform', cut: 'end' }, { head: 'digest' }, { head: 'pull' }],
    manifests.map(({ platform, digest, works }, place) => [
      escapeTerminal(place === 0 ? '(index)' : (platform ?? '-')),
      escapeTerminal(shortDigest(digest)),
      works ? style.good('works') : style.error('fails'),
    ]),
    style,
  );
}

function drawProblem({ code, path, message }: Problem, style: Style): string[] {
  return [
    `  ${style.error('error')}  ${code}`,
    `    ${escapeTerminal(path)}`,
    ...wrapBehind('      ', escapeTerminal(message), style),
  ];
}
