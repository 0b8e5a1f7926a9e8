import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressOf, placeOf, SORTS, viewOf, type View } from '../../src/page/app/address.ts';

const text = fc.string({ unit: 'grapheme' });
const some = fc.string({ unit: 'grapheme', minLength: 1 });

const VIEWS: fc.Arbitrary<View> = fc.oneof(
  fc.record({ view: fc.constant('overview' as const), at: text }),
  fc.record({
    view: fc.constant('repositories' as const),
    search: text,
    by: fc.constantFrom(...SORTS),
    descending: fc.boolean(),
    page: fc.nat(),
  }),
  fc.record({ view: fc.constant('repository' as const), name: some }),
  fc.record({ view: fc.constant('manifest' as const), repository: some, reference: some }),
  fc.record({ view: fc.constant('why' as const), reference: text }),
  fc.record({ view: fc.constant('search' as const), query: text }),
  fc.constantFrom<View>({ view: 'damage' }, { view: 'policy' }, { view: 'runs' }),
);

describe('an address', () => {
  it('gives back the view that it was made of, whatever the names in it are', () => {
    fc.assert(
      fc.property(VIEWS, (view) => {
        const address = addressOf(view);
        expect(address).toMatch(/^\?[\w.*+%=&-]*$/);
        expect(viewOf(address)).toEqual(view);
      }),
    );
  });

  it('that is none of ours is the overview', () => {
    fc.assert(
      fc.property(text, (query) => {
        expect(viewOf(addressOf({ view: 'search', query }).replace('view', 'v')).view).toBe('overview');
      }),
    );
    expect(viewOf('?view=constructor')).toEqual({ view: 'overview', at: '' });
  });

  it('with an order or a page that is none has the usual ones', () => {
    expect(viewOf('?view=repositories&by=toString&page=-3')).toEqual(viewOf('?view=repositories'));
    expect(viewOf('?view=repositories&page=1e99')).toEqual(viewOf('?view=repositories'));
  });

  it('of another page or order of the table is the same place', () => {
    expect(placeOf(viewOf('?view=repositories&by=name&page=4'))).toBe(placeOf(viewOf('?view=repositories')));
    expect(placeOf(viewOf('?view=repository&name=a'))).not.toBe(placeOf(viewOf('?view=repository&name=b')));
  });
});
