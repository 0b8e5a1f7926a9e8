import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseBytes } from '../../src/cli/sizes.ts';

test.each([
  ['1B', 1],
  ['200G', 200_000_000_000],
  ['200GB', 200_000_000_000],
  ['1GiB', 1_073_741_824],
  ['1.5TiB', 1_649_267_441_664],
  ['0.29G', 290_000_000],
  ['1.1K', 1100],
  ['1.9B', 1],
  ['200', 200],
  ['10000000000', 10_000_000_000],
  ['4P', 4_000_000_000_000_000],
])('%s is %d bytes', (text, bytes) => {
  expect(parseBytes('max-bytes', text)).toBe(bytes);
});

test.each([
  ['1.5', 'a fraction without a unit'],
  ['-1', 'a sign'],
  ['-1G', 'a sign'],
  ['+1G', 'a sign'],
  ['1g', 'a small letter'],
  ['1gb', 'small letters'],
  ['1Gib', 'bits, perhaps'],
  ['1 G', 'a space'],
  ['1G ', 'a space behind'],
  ['1G1M', 'two'],
  ['.5G', 'half a number'],
  ['5.G', 'half a number'],
  ['1e3G', 'an exponent'],
  ['1,5G', 'a comma'],
  ['1_000G', 'a grouping'],
  ['9007199254740993', 'more than a number holds exactly'],
  ['1E', 'more than anybody has'],
  ['100P', 'more than a number holds exactly'],
  ['BiB', 'no number'],
  ['١G', 'digits that are not ASCII'],
  ['', 'nothing at all'],
])('%j is refused: %s', (text) => {
  expect(() => parseBytes('max-bytes', text)).toThrow(
    expect.objectContaining({ code: 'usage', message: `--max-bytes: "${text}" is not a size` }),
  );
});

test.each(['0', '0G', '0.1B', '00'])('%s is refused, and why: it is no byte at all', (text) => {
  expect(() => parseBytes('max-bytes', text)).toThrow(
    expect.objectContaining({
      code: 'usage',
      message: `--max-bytes: "${text}" is no byte at all, so nothing would be done`,
      hint: 'leave --max-bytes out where none is meant',
    }),
  );
});

test('a whole number of a unit is exactly so many bytes', () => {
  const units = ['K', 'M', 'G', 'T'].flatMap((letter, index) => [
    [letter, 1000 ** (index + 1)] as const,
    [`${letter}B`, 1000 ** (index + 1)] as const,
    [`${letter}iB`, 1024 ** (index + 1)] as const,
  ]);
  fc.assert(
    fc.property(fc.constantFrom(...units), fc.integer({ min: 1, max: 8000 }), ([unit, factor], count) => {
      expect(parseBytes('max-bytes', `${count}${unit}`)).toBe(count * factor);
    }),
  );
});

test('a fraction is never more than it says, and less than a byte short of it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 999_999 }), fc.integer({ min: 0, max: 999_999 }), (whole, fraction) => {
      const text = `${whole}.${String(fraction).padStart(6, '0')}`;
      expect(parseBytes('max-bytes', `${text}M`)).toBe(whole * 1_000_000 + fraction);
    }),
  );
});

test('any other text is refused with a usage error', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      let bytes = 0;
      try {
        bytes = parseBytes('max-bytes', text);
      } catch (error) {
        expect(error).toMatchObject({ code: 'usage' });
        return;
      }
      expect(text).toMatch(/^\d/);
      expect(Number.isSafeInteger(bytes) && bytes >= 1).toBe(true);
    }),
  );
});
