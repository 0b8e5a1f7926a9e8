/**
 * The language of conditions, as `reclaimable > 50G or (damage > 0 and repositories < 3)`:
 *
 *   condition  = all { "or" all }
 *   all        = part { "and" part }
 *   part       = "(" condition ")" | comparison
 *   comparison = word ( ">" | ">=" | "<" | "<=" | "=" ) limit
 *   limit      = size | size "%" | count | duration, as the word wants it
 *
 * `and` binds closer than `or`. Spaces are needed only between two words.
 */
import { AppError } from '../shared/errors.ts';
import { DURATION_HINT, durationSeconds } from '../shared/durations.ts';
import { nearestName } from '../shared/nearest.ts';
import { SIZE_HINT, sizeBytes } from '../shared/sizes.ts';
import { OPERATORS, type Comparison, type Condition, type Limit, type Operator } from './condition.ts';
import { GATE_WORDS, isGateWord, kindOf, WORDS, type FigureKind, type GateWord } from './words.ts';

/** Characters: nobody writes a longer one by hand. */
const GREATEST_LENGTH = 4096;

/** Parentheses in each other: each is a few levels of the stack. */
const GREATEST_DEPTH = 100;

/** An operator, a parenthesis, or a word. */
const TOKEN = /[<>]=?|[=()]|[^\s<>=()]+/g;

/** The condition of a text. Throws `usage`, with what may have been meant. */
export function parseCondition(text: string): Condition {
  if (text.length > GREATEST_LENGTH) throw refusal(`it is longer than ${GREATEST_LENGTH} characters`);
  const tokens = new Tokens(text.match(TOKEN) ?? []);
  const condition = parseAny(tokens);
  const rest = tokens.next();
  if (rest !== undefined) throw refusal(`"${rest}" stands where "and", "or" or nothing does`, joinHint(rest));
  return condition;
}

class Tokens {
  private at = 0;
  private depth = 0;
  private readonly tokens: readonly string[];

  constructor(tokens: readonly string[]) {
    this.tokens = tokens;
  }

  next(): string | undefined {
    return this.tokens[this.at++];
  }

  /** Whether the next is this one; then it is taken. */
  takes(token: string): boolean {
    if (this.tokens[this.at] !== token) return false;
    this.at++;
    return true;
  }

  /** What stands in parentheses, if they open here. */
  inParentheses<Inner>(parse: () => Inner): Inner | undefined {
    if (!this.takes('(')) return undefined;
    if (++this.depth > GREATEST_DEPTH) throw refusal(`more than ${GREATEST_DEPTH} parentheses stand in each other`);
    const inner = parse();
    if (!this.takes(')')) throw refusal('a parenthesis is not closed');
    this.depth--;
    return inner;
  }
}

function parseAny(tokens: Tokens): Condition {
  return parseJoined('any', 'or', parseAll, tokens);
}

function parseAll(tokens: Tokens): Condition {
  return parseJoined('all', 'and', parsePart, tokens);
}

function parseJoined(
  kind: 'any' | 'all',
  joint: string,
  parse: (tokens: Tokens) => Condition,
  tokens: Tokens,
): Condition {
  const first = parse(tokens);
  const others: Condition[] = [];
  while (tokens.takes(joint)) others.push(parse(tokens));
  return others.length === 0 ? first : { kind, parts: [first, ...others] };
}

function parsePart(tokens: Tokens): Condition {
  return tokens.inParentheses(() => parseAny(tokens)) ?? parseComparison(tokens);
}

function parseComparison(tokens: Tokens): Comparison {
  const word = asWord(tokens.next());
  const operator = asOperator(tokens.next(), word);
  const limit = tokens.next() ?? '';
  return { kind: 'comparison', word, operator, limit: asLimit(limit, word), text: `${word} ${operator} ${limit}` };
}

function asWord(token: string | undefined): GateWord {
  if (token === undefined) throw refusal('a comparison is missing, as reclaimable > 50G');
  if (isGateWord(token)) return token;
  const nearest = nearestName(token, GATE_WORDS);
  const meant = nearest === undefined ? '' : `did you mean ${nearest}? `;
  const figures = Object.keys(WORDS).join(', ');
  throw refusal(`"${token}" is no figure`, `${meant}figures: ${figures}, and the codes of problems`);
}

function asOperator(token: string | undefined, word: GateWord): Operator {
  const operator = OPERATORS.find((one) => one === token);
  if (operator === undefined) throw refusal(`after ${word} there is no comparison`, `one of ${OPERATORS.join(' ')}`);
  return operator;
}

const HINTS: Readonly<Record<FigureKind, string>> = {
  bytes: `${SIZE_HINT}; or a share of the stored bytes, as 20%`,
  'disk-bytes': SIZE_HINT,
  count: 'a whole number',
  age: DURATION_HINT,
};

function asLimit(text: string, word: GateWord): Limit {
  const kind = kindOf(word);
  const percent = kind === 'bytes' ? /^(\d{1,6}(?:\.\d{1,6})?)%$/.exec(text)?.[1] : undefined;
  if (percent !== undefined) return { kind: 'share', percent: Number(percent) };
  const amount = amountOf(text, kind);
  if (amount === undefined) throw refusal(`"${text}" is nothing to compare ${word} with`, HINTS[kind]);
  return { kind: 'amount', amount };
}

function amountOf(text: string, kind: FigureKind): number | undefined {
  switch (kind) {
    case 'bytes':
    case 'disk-bytes':
      return sizeBytes(text);
    case 'count':
      return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
    case 'age':
      return durationSeconds(text);
  }
}

function joinHint(token: string): string | undefined {
  const nearest = nearestName(token.toLowerCase(), ['and', 'or']);
  return nearest === undefined ? undefined : `did you mean ${nearest}?`;
}

function refusal(message: string, hint = 'as: reclaimable > 50G or damage > 0'): AppError {
  return new AppError('usage', `--fail-if: ${message}`, hint);
}
