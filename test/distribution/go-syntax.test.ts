import { describe, expect, it } from 'vitest';
import { jsonSyntaxFault } from '../../src/distribution/go-syntax.ts';

describe('JSON as Go reads it', () => {
  it.each(['{}', ' [1, -0.5e+3, "\\u00e9\\n", {"a": [true, false, null]}] \n', '0', '"\u00ff"'])('takes %s', (text) => {
    expect(jsonSyntaxFault(text)).toBeUndefined();
  });

  it.each([
    ['', 'unexpected end of JSON input'],
    ['{"a":"b', 'unexpected end of JSON input'],
    ['[1', 'unexpected end of JSON input'],
    ['<html>', "invalid character '<' looking for beginning of value"],
    ['{a}', "invalid character 'a' looking for beginning of object key string"],
    ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
    ['{"a" 1}', "invalid character '1' after object key"],
    ['{"a":1 2}', "invalid character '2' after object key:value pair"],
    ['[1 2]', "invalid character '2' after array element"],
    ['{} x', "invalid character 'x' after top-level value"],
    ['01', "invalid character '1' after top-level value"],
    ['-', "invalid character ' ' in numeric literal"],
    ['1.x', "invalid character 'x' after decimal point in numeric literal"],
    ['1e', "invalid character ' ' in exponent of numeric literal"],
    ['tru', "invalid character ' ' in literal true (expecting 'e')"],
    ['nul!', "invalid character '!' in literal null (expecting 'l')"],
    ['"\n"', "invalid character '\\n' in string literal"],
    ['"\\x"', "invalid character 'x' in string escape code"],
    ['"\\u12g4"', "invalid character 'g' in \\u hexadecimal character escape"],
    ["'", "invalid character '\\'' looking for beginning of value"],
    ['["', 'unexpected end of JSON input'],
    ['\u0000', "invalid character '\\x00' looking for beginning of value"],
    ['\u007f', "invalid character '\\x7f' looking for beginning of value"],
    ['\u0085', "invalid character '\\u0085' looking for beginning of value"],
    ['\u00e9', "invalid character '\u00c3\u00a9' looking for beginning of value"],
  ])('says of %j what Go says', (text, fault) => {
    expect(jsonSyntaxFault(text)).toBe(fault);
  });

  it('goes as deep as Go does, and needs no stack for it', () => {
    const deep = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
    expect(jsonSyntaxFault(deep(10_000))).toBeUndefined();
    expect(jsonSyntaxFault(deep(10_001))).toBe("invalid character '[' exceeded max depth");
  });
});
