/**
 * Whether what stands there is what an action expects. Only this decides that a thing may go: a plan may be a day old. The
 * folder itself is not looked at here: whoever removes it does that in the call that removes.
 */
import { closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, readSync, type Dirent } from 'node:fs';
import type { DeletionKind, Expectation } from '../gc/action.ts';
import { isTemporaryFileName } from '../layout/parse.ts';
import { digestOf } from '../layout/digest.ts';
import { CURRENT, DATA, INDEX, LINK, SIGNATURES } from '../layout/paths.ts';
import { MAX_LINK_BYTES, parseLink } from '../scan/links.ts';
import { checkUpload } from './check-upload.ts';
import { isSameTime, type Checked } from './checked.ts';

/** A deletion, and what it expects to find. */
interface Expected {
  readonly kind: DeletionKind;
  readonly expect: Expectation;
}

/** Looks at `absolute`, whose parents were proved. Throws the errors of `fs`; `ENOENT` means that it is gone. */
export function check({ kind, expect }: Expected, absolute: string): Checked {
  switch (kind) {
    case 'blob':
      return checkBlob(expect, absolute);
    case 'tag-index-entry':
    case 'layer-link':
    case 'signature-link':
      return checkLinkFolder(expect, absolute, false, 'may-say-nothing');
    case 'revision':
      return checkLinkFolder(expect, absolute, true, 'may-say-nothing');
    case 'tag':
      return checkTag(expect, absolute);
    case 'upload':
      return checkUpload(expect, absolute);
    case 'stray-temporary-file':
      return checkFile(expect, absolute);
    case 'empty-directory':
      // The call that removes it removes only what is empty.
      return 'as-expected';
  }
}

function checkBlob(expect: Expectation, absolute: string): Checked {
  const names = readdirSync(absolute);
  if (names.length !== 1 || names[0] !== DATA) {
    const strange = names.find((name) => name !== DATA && !isTemporaryFileName(name));
    if (strange !== undefined) return { changed: `holds ${JSON.stringify(strange)}, which the registry did not write` };
    if (!names.includes(DATA)) return 'gone';
  }
  return checkFile(expect, `${absolute}/${DATA}`);
}

function checkFile(expect: Expectation, absolute: string): Checked {
  const stats = lstatSync(absolute);
  if (!stats.isFile()) return { changed: 'is no regular file' };
  if (!('bytes' in expect)) return { changed: 'is a file, and the plan expects none' };
  if (stats.size !== expect.bytes) return { changed: `has ${stats.size} bytes, and had ${expect.bytes}` };
  return isSameTime(expect.modifiedAt, stats.mtimeMs) ? 'as-expected' : { changed: 'was written since' };
}

/** A link whose digest the plan knows from its folder may say nothing; what a tag names only its link says. */
type Silence = 'may-say-nothing' | 'must-speak';

function checkLinkFolder(expect: Expectation, absolute: string, signatures: boolean, silence: Silence): Checked {
  let link: Dirent | undefined;
  for (const entry of readdirSync(absolute, { withFileTypes: true })) {
    if (entry.name === LINK) link = entry;
    else if (signatures && entry.name === SIGNATURES && entry.isDirectory()) {
      const strange = checkLinks(`${absolute}/${SIGNATURES}`);
      if (strange !== undefined) return strange;
    } else if (!isStray(entry)) {
      return { changed: `holds ${JSON.stringify(entry.name)}, which the registry did not write` };
    }
  }
  if (link === undefined) return 'gone';
  // Never opened unless it is a regular file: the other end of a FIFO would notice.
  if (!link.isFile()) return { changed: `its ${LINK} is no regular file` };
  return checkLink(expect, `${absolute}/${LINK}`, silence);
}

function isStray(entry: Dirent): boolean {
  return entry.isFile() && isTemporaryFileName(entry.name);
}

const buffer = Buffer.allocUnsafeSlow(MAX_LINK_BYTES + 1);
const OPEN_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** A link file that is to be replaced. Its path tells what it should say, so it may say nothing. */
export function checkLinkFile(expect: Expectation, absolute: string): Checked {
  const stats = lstatSync(absolute, { throwIfNoEntry: false });
  if (stats === undefined) return 'gone';
  return stats.isFile() ? checkLink(expect, absolute, 'may-say-nothing') : { changed: 'is no regular file' };
}

function checkLink(expect: Expectation, absolute: string, silence: Silence): Checked {
  if (!('link' in expect)) return { changed: 'is a link, and the plan expects none' };
  const file = openSync(absolute, OPEN_FLAGS);
  try {
    if (expect.modifiedAt !== null && !isSameTime(expect.modifiedAt, fstatSync(file).mtimeMs)) {
      return { changed: 'was written since' };
    }
    const length = readSync(file, buffer, 0, buffer.length, 0);
    const names = length > MAX_LINK_BYTES ? undefined : parseLink(buffer.subarray(0, length)).digest;
    if (names === (expect.link ?? undefined)) return 'as-expected';
    if (names === undefined && silence === 'may-say-nothing') return 'as-expected';
    return { changed: names === undefined ? 'its link names nothing any more' : `its link names ${names}` };
  } finally {
    closeSync(file);
  }
}

function checkTag(expect: Expectation, absolute: string): Checked {
  let hasCurrent = false;
  for (const entry of readdirSync(absolute, { withFileTypes: true })) {
    const known = entry.isDirectory() && (entry.name === CURRENT || entry.name === INDEX);
    if (!known) return { changed: `holds ${JSON.stringify(entry.name)}, which the registry did not write` };
    if (entry.name === CURRENT) hasCurrent = true;
    else {
      const strange = checkLinks(`${absolute}/${INDEX}`);
      if (strange !== undefined) return strange;
    }
  }
  const silent = 'link' in expect && expect.link === null;
  const current = hasCurrent ? checkLinkFolder(expect, `${absolute}/${CURRENT}`, false, 'must-speak') : 'gone';
  // A tag that names nothing still is one: its folder is listed. One that named something has changed.
  if (current !== 'gone') return current;
  return silent ? 'as-expected' : { changed: 'names nothing any more' };
}

/** `<alg>/<hex>/link` and nothing else below this folder; `undefined` where that is so. */
function checkLinks(absolute: string): Checked | undefined {
  for (const algorithm of readdirSync(absolute, { withFileTypes: true })) {
    const folder = `${absolute}/${algorithm.name}`;
    if (!algorithm.isDirectory()) return { changed: `holds, further down, ${JSON.stringify(algorithm.name)}` };
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const known = entry.isDirectory() && digestOf(algorithm.name, entry.name) !== undefined;
      const inside = known ? readdirSync(`${folder}/${entry.name}`, { withFileTypes: true }) : [];
      if (!known || !inside.every((file) => file.isFile() && (file.name === LINK || isStray(file)))) {
        return { changed: `holds, further down, ${JSON.stringify(entry.name)}, which the registry did not write` };
      }
    }
  }
  return undefined;
}
