/**
 * Names as the registry takes them: distribution 2.8 `reference/regexp.go`, and distribution/reference 0.6.0 for 3.x. The first
 * component may look like a host, with capitals and a port, where another one follows.
 */
import type { Dialect } from './dialect.ts';

const COMPONENT = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const PATH = `${COMPONENT}(?:/${COMPONENT})*`;
const HOST_PART = '[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?';
const HOST = `${HOST_PART}(?:\\.${HOST_PART})*`;
const LONGEST = 255;

interface Grammar {
  readonly name: RegExp;
  /** What may not be longer than `LONGEST`: the whole name, or what follows a host. */
  readonly measured: 'all' | 'path';
}

const GRAMMARS: Readonly<Record<Dialect, Grammar>> = {
  'distribution-2.8': { name: new RegExp(`^(?:${HOST}(?::[0-9]+)?/)?(${PATH})$`), measured: 'all' },
  'distribution-3': {
    name: new RegExp(`^(?:(?:${HOST}|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?/)?(${PATH})$`),
    measured: 'path',
  },
};

const TOO_LONG = 'repository name must not be more than 255 characters';
const INVALID = 'invalid reference format';

/** What is wrong with a repository's name, in the registry's words; `undefined` for nothing. */
export function repositoryNameFault(name: string, dialect: Dialect): string | undefined {
  const { name: grammar, measured } = GRAMMARS[dialect];
  if (measured === 'all' && name.length > LONGEST) return TOO_LONG;
  const path = grammar.exec(name)?.[1];
  if (path === undefined) return INVALID;
  return path.length > LONGEST ? TOO_LONG : undefined;
}
