import { expect, test } from 'vitest';
import { tooltipOf } from '../../src/page/charts/tooltip.ts';

test('what a chart shows at the pointer is markup of ours alone, whatever names hold', () => {
  const markup = tooltipOf('<img src=x onerror=alert(1)>', [['"><b>\u202e', "'&</table>"]]);
  expect(markup.replace(/<\/?(?:b|table|tr|td)>/g, '')).not.toMatch(/[<>\u202e]/);
  expect(markup).toContain('&lt;img src=x onerror=alert(1)&gt;');
  expect(markup).toContain('\\u202e');
});
