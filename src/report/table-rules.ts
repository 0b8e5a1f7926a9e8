import type { Style } from './appearance.ts';
import { escapeTerminal } from './escape.ts';
import { formatBytes, formatCount } from './format.ts';
import { drawGrid } from './grid.ts';
import type { PolicyFigures } from './model-retention.ts';
import { wrapBehind } from './text.ts';

const MEANING = 'what would go besides, if only this rule were not there';

/** What each rule of the policies costs. No policy: no lines. */
export function drawRules(policy: PolicyFigures | undefined, style: Style): string[] {
  if (policy === undefined || policy.rules.length === 0) return [];
  const names = new Set(policy.rules.map((rule) => rule.policy));
  const grid = drawGrid(
    [
      ...(names.size > 1 ? [{ head: 'policy', cut: 'end' } as const] : []),
      { head: 'rule', cut: 'end' },
      { head: 'tags', align: 'right' },
      { head: 'images', align: 'right', drop: 1 },
      { head: 'bytes', align: 'right' },
    ],
    policy.rules.map((rule) => [
      ...(names.size > 1 ? [escapeTerminal(rule.policy ?? '-')] : []),
      `${rule.keeper === null ? '' : '  '}${escapeTerminal(rule.text)}`,
      formatCount(rule.tags),
      formatCount(rule.images),
      formatBytes(rule.bytes),
    ]),
    style,
  );
  return [...wrapBehind(`${style.title('What each rule keeps')}  `, MEANING, style), ...grid];
}
