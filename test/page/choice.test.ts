import { expect, it } from 'vitest';
import { parseReferences } from '../../src/gc/removal-names.ts';
import { canBeChosen, referenceOf, type Chosen } from '../../src/page/app/choice.tsx';

const HEX = '0'.repeat(64);

it.each(['**', 'team/*', 'app:1.0', `app@sha256:${HEX}`, 'app@sha256', '--x;y', 'a\u202eb', '', 'App', 'a{b,c}'])(
  'nothing in a repository of the name %j can be chosen: as a reference it could mean another thing',
  (repository) => {
    expect(canBeChosen({ kind: 'repository', repository })).toBe(false);
    expect(canBeChosen({ kind: 'tag', repository, tag: HEX })).toBe(false);
  },
);

it.each<Chosen>([
  { kind: 'repository', repository: 'team/a.p-p__x' },
  { kind: 'tag', repository: 'team/app', tag: 'v1' },
  { kind: 'revision', repository: 'a', digest: `sha256:${HEX}` },
])('what can be chosen means itself: %j', (chosen) => {
  expect(canBeChosen(chosen)).toBe(true);
  expect(parseReferences([referenceOf(chosen)])).toMatchObject([
    chosen.kind === 'revision' ? { kind: 'digest' } : chosen,
  ]);
});
