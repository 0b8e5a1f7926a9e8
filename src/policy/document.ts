/** A policy file as YAML: its value, where in the text each part of it stands, and what is no YAML. */
import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  LineCounter,
  type Node,
  parseDocument,
  visit,
  type YAMLError,
} from 'yaml';
import { nestsTooDeep } from '../shared/nesting.ts';

/** Characters. */
const MAX_FILE_LENGTH = 1_000_000;
/** A few aliases save typing; many of them in each other are an attack. */
const MAX_ALIASES = 100;

/** From 1 up. */
interface Place {
  readonly line: number;
  readonly column: number;
}

/** One thing that is wrong with a file. */
export interface PolicyProblem extends Place {
  readonly message: string;
  readonly hint?: string;
}

export type Path = readonly PropertyKey[];

export interface PolicyDocument {
  /** `undefined` where the text has no structure to go on with. */
  readonly value: unknown;
  readonly problems: readonly PolicyProblem[];
  /** Of the value at a path; of its key where it is nothing; of what holds it where it is not there. */
  readonly placeOf: (path: Path) => Place;
  /** Of the name of a value. */
  readonly placeOfKey: (path: Path, key: string) => Place;
}

/** Faults beside which the rest of a file can be judged. */
const HARMLESS = new Set(['DUPLICATE_KEY', 'TAG_RESOLVE_FAILED']);

/** Reads the text of a policy file. What is wrong with it is in the result; nothing is thrown. */
export function readDocument(text: string): PolicyDocument {
  const lines = new LineCounter();
  if (text.length > MAX_FILE_LENGTH) {
    return broken({ line: 1, column: 1, message: `the file is longer than ${MAX_FILE_LENGTH} characters` });
  }
  if (nestsTooDeep(text)) return broken({ line: 1, column: 1, message: 'the file nests deeper than any policy does' });
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const faults = [...document.errors, ...document.warnings];
  const problems: PolicyProblem[] = faults.map((fault) => ({
    ...placeIn(lines, fault.pos[0]),
    ...explainFault(fault, text),
  }));
  problems.push(...aliasesAstray(document, lines));
  if (problems.length > faults.length || faults.some(({ code }) => !HARMLESS.has(code))) {
    return { ...broken(), problems };
  }
  try {
    const value: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
    const place = (node: Node | undefined): Place => placeIn(lines, node?.range?.[0] ?? 0);
    return {
      value,
      problems,
      placeOf: (path) => place(nodeOf(document, path)),
      placeOfKey: (path, key) => place(keyOf(nodeOf(document, path), key) ?? nodeOf(document, path)),
    };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return broken({ line: 1, column: 1, message: `the file cannot be read: ${why}` });
  }
}

function broken(...problems: readonly PolicyProblem[]): PolicyDocument {
  const top = (): Place => ({ line: 1, column: 1 });
  return { value: undefined, problems, placeOf: top, placeOfKey: top };
}

function placeIn(lines: LineCounter, offset: number): Place {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

/** Aliases of nothing, which YAML takes for no error, and more of them than anybody writes by hand. */
function aliasesAstray(document: Document, lines: LineCounter): PolicyProblem[] {
  const problems: PolicyProblem[] = [];
  let seen = 0;
  visit(document, {
    Alias: (_key, alias) => {
      const place = placeIn(lines, alias.range?.[0] ?? 0);
      if (++seen > MAX_ALIASES) {
        problems.push({ ...place, message: `more than ${MAX_ALIASES} aliases` });
        return visit.BREAK;
      }
      if (alias.resolve(document) === undefined) problems.push({ ...place, ...aliasFault(`*${alias.source}`) });
      return undefined;
    },
  });
  return problems;
}

/** `!` and `*` mean something in YAML, and are what globs are made of. */
function explainFault(fault: YAMLError, text: string): { readonly message: string; readonly hint?: string } {
  const [from, to] = fault.pos;
  const word = text.slice(from, to);
  if (fault.code === 'TAG_RESOLVE_FAILED') {
    return { message: `${word} is a tag of YAML, not a text`, hint: `quote what begins with "!", as '!team/old'` };
  }
  if (fault.code === 'BAD_ALIAS' || /alias/i.test(fault.message)) {
    return aliasFault(word);
  }
  if (fault.code === 'DUPLICATE_KEY') return { message: `"${keyAt(text, from)}" stands here twice` };
  return { message: `no YAML: ${fault.message.replaceAll(/\s+/g, ' ')}` };
}

function aliasFault(word: string): { readonly message: string; readonly hint: string } {
  return { message: `${word} is an alias of YAML, not a text`, hint: `quote what begins with "*", as '**'` };
}

function keyAt(text: string, offset: number): string {
  return /^[^\s:]+/.exec(text.slice(offset, offset + 100))?.[0] ?? 'a key';
}

/** The node at a path, or the last one on the way there that is there. */
function nodeOf(document: Document, path: Path): Node | undefined {
  let node = resolved(document, document.contents);
  for (const step of path) {
    if (!isCollection(node)) break;
    const below = node.get(step, true);
    // `keepTags:` with nothing behind it: the name is the place that there is.
    const next = isScalar(below) && below.value === null ? (keyOf(node, String(step)) ?? below) : below;
    const found = resolved(document, next);
    if (found === undefined) break;
    node = found;
  }
  return node;
}

function resolved(document: Document, node: unknown): Node | undefined {
  if (isAlias(node)) return node.resolve(document);
  return isCollection(node) || isScalar(node) ? node : undefined;
}

function keyOf(node: Node | undefined, key: string): Node | undefined {
  if (!isMap(node)) return undefined;
  const pair = node.items.find(({ key: name }) => isScalar(name) && String(name.value) === key);
  return isScalar(pair?.key) ? pair.key : undefined;
}
