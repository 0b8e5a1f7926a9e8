/** `verify` for a terminal: what was looked at, what is wrong, what that means for whom, and what to do. */
import { compareText, severitiesOf, type Severity } from '../shared/problem.ts';
import type { Appearance, Style } from './appearance.ts';
import { styleFor } from './appearance.ts';
import { escapeTerminal } from './escape.ts';
import { formatBytes, formatCount, formatElapsed, formatQuantity, formatTime } from './format.ts';
import { drawGrid } from './grid.ts';
import type {
  Affected,
  BrokenImage,
  Checked,
  CheckedData,
  ExplainedCode,
  Verification,
  VerifiedProblem,
} from './model-verify.ts';
import { shortDigest } from '../shared/short-digest.ts';
import { countBySeverity } from './problem-classes.ts';
import { wrapBehind, wrapParts } from './text.ts';

/** So many places of a code, images of a place, and images of all are shown; the JSON has all of them. */
const PLACES_SHOWN = 5;
const AFFECTED_SHOWN = 5;
const IMAGES_SHOWN = 30;

export function renderVerifyTable(result: Verification, appearance: Appearance): string {
  const style = styleFor(appearance);
  const { registry, complete } = result;
  const sections = [
    [
      `${style.title('Registry')}  ${escapeTerminal(registry.root)}`,
      `  scanned ${formatTime(registry.scannedAt)}, trusting nothing`,
      ...(complete ? [] : [style.error('! The scan is incomplete: something could not be read')]),
    ],
    drawChecked(result.checked, style),
    ...drawDamage(result, style),
    drawImages(result.images, style),
  ];
  const drawn = sections.filter((section) => section.length > 0).map((section) => section.join('\n'));
  return `${drawn.join('\n\n')}\n`;
}

function drawChecked(checked: Checked, style: Style): string[] {
  const links = [
    formatQuantity(checked.repositories, 'repository', 'repositories'),
    formatQuantity(checked.revisions, 'revision'),
    formatQuantity(checked.tags, 'tag'),
    formatQuantity(checked.tagIndexEntries, 'tag index entry', 'tag index entries'),
    formatQuantity(checked.layerLinks, 'layer link'),
  ];
  const blobs = `${formatQuantity(checked.manifests, 'manifest')} read, ${formatQuantity(checked.blobs, 'blob')} of ${formatBytes(checked.bytes)} there and measured`;
  return [
    style.title('Checked'),
    ...wrapParts('  ', links, style),
    `  ${blobs}`,
    ...(checked.data === null
      ? wrapBehind('  ', 'the content of blobs was not hashed: --data does that', style)
      : drawData(checked.data, style)),
  ];
}

function drawData(data: CheckedData, style: Style): string[] {
  const { hashed, selected, durationSeconds, neverVerified } = data;
  const rate = durationSeconds > 0 ? `, ${formatBytes(Math.round(hashed.bytes / durationSeconds))}/s` : '';
  const words = `${formatCount(hashed.blobs)} of ${formatQuantity(selected.blobs, 'blob')} hashed, ${formatBytes(hashed.bytes)} in ${formatElapsed(durationSeconds)}${rate}`;
  const since = data.oldestVerifiedAt === null ? '' : `; the rest since ${formatTime(data.oldestVerifiedAt)} at least`;
  const coverage =
    neverVerified === 0
      ? `every blob was verified since ${formatTime(data.oldestVerifiedAt)}`
      : `${formatQuantity(neverVerified, 'blob')} not verified yet, or not right${since}`;
  return [
    `  ${words}`,
    ...(data.finished ? [] : [style.warning('  stopped early: what is left comes first in the next run')]),
    ...wrapBehind('  ', coverage, style),
  ];
}

/** A section for each code and severity, errors first. */
function drawDamage({ problems, codes }: Verification, style: Style): string[][] {
  const title = style.title('Damage');
  if (problems.length === 0) return [[`${title}  ${style.good('none found')}`]];
  const sections = [[`${title}  ${countBySeverity(severitiesOf(problems), style)}`]];
  const explained = new Map(codes.map((code) => [code.code, code]));
  const classes = new Map<string, VerifiedProblem[]>();
  for (const problem of problems) {
    const key = `${problem.severity} ${problem.code}`;
    const known = classes.get(key);
    if (known === undefined) classes.set(key, [problem]);
    else known.push(problem);
  }
  for (const [, list] of [...classes].sort(([a], [b]) => compareText(a, b))) {
    const code = explained.get(list[0]?.code ?? 'io-error');
    if (code !== undefined) sections.push(drawClass(code, list, style));
  }
  return sections;
}

function drawClass(
  { code, meaning, advice }: ExplainedCode,
  problems: readonly VerifiedProblem[],
  style: Style,
): string[] {
  const rest = problems.length - PLACES_SHOWN;
  return [
    `  ${severityWord(problems[0]?.severity ?? 'error', style)}  ${code}  ${formatCount(problems.length)}`,
    ...wrapBehind('    ', `${meaning}.`, style),
    ...wrapBehind('    what to do: ', `${advice}.`, style),
    ...problems.slice(0, PLACES_SHOWN).flatMap((problem) => drawPlace(problem, style)),
    ...(rest > 0 ? [style.faint(`    and ${formatQuantity(rest, 'more place')}, in the JSON`)] : []),
  ];
}

function severityWord(severity: Severity, style: Style): string {
  return severity === 'error' ? style.error('error') : style.warning('warning');
}

function drawPlace({ path, message, affects, affected }: VerifiedProblem, style: Style): string[] {
  const shown = affects.slice(0, AFFECTED_SHOWN).map(affectedWords);
  const rest = affected - shown.length;
  const images = [...shown, ...(rest > 0 ? [`and ${formatCount(rest)} more`] : [])];
  return [
    `    ${escapeTerminal(path)}`,
    ...wrapBehind('      ', escapeTerminal(message), style),
    ...(images.length === 0 ? [] : wrapBehind('      cannot be pulled: ', images.join(', '), style)),
  ];
}

function affectedWords({ repository, tag, digest, platforms }: Affected): string {
  const where = platforms === null ? '' : ` on ${platforms.join(' and ')}`;
  return escapeTerminal(imageName(repository, tag, digest) + where);
}

function imageName(repository: string, tag: string | null, digest: string | null): string {
  return tag === null ? `${repository}@${shortDigest(digest ?? '')}` : `${repository}:${tag}`;
}

function drawImages(images: readonly BrokenImage[], style: Style): string[] {
  if (images.length === 0) return [];
  const rest = images.length - IMAGES_SHOWN;
  const grid = drawGrid(
    [
      { head: 'class' },
      { head: 'image', cut: 'end' },
      { head: 'still pulls', cut: 'end' },
      { head: 'lost', cut: 'end' },
    ],
    images
      .slice(0, IMAGES_SHOWN)
      .map((image) => [
        image.class,
        escapeTerminal(namesOf(image)),
        escapeTerminal(image.class === 'orphaned-referrer' ? 'all' : (image.platforms?.pulls.join(' ') ?? '') || '-'),
        escapeTerminal((image.platforms?.lost.join(' ') ?? '') || '-'),
      ]),
    style,
  );
  return [
    style.title('Images that are not whole'),
    ...grid,
    ...(rest > 0 ? [style.faint(`  and ${formatQuantity(rest, 'more image')}, in the JSON`)] : []),
  ];
}

function namesOf({ repository, tags, digest }: BrokenImage): string {
  const [first, ...others] = tags;
  if (first === undefined) return imageName(repository, null, digest);
  return [`${repository}:${first}`, ...others.map((tag) => `:${tag}`)].join(' ');
}
