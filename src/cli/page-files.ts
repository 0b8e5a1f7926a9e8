/** Reads what `npm run build` bundles for the browser, which lies beside the program. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Hashed, PageParts } from '../report/html/document.tsx';

/** Beside the chunks of the built program; and from the sources, where the last build left them. */
const FOLDERS = ['./page/', '../../dist/page/'];

/** The script and the style sheet of a page. Throws where they are not there: the program is not whole. */
export async function readPageFiles(page: 'report' | 'app'): Promise<PageParts> {
  return { script: await hashed(`${page}.js`), style: await hashed(`${page}.css`) };
}

async function hashed(name: string): Promise<Hashed> {
  const text = await readBeside(name);
  return { text, sha256: createHash('sha256').update(text).digest('base64') };
}

async function readBeside(name: string): Promise<string> {
  const [beside, built] = FOLDERS.map((folder) => new URL(folder + name, import.meta.url));
  try {
    return await readFile(beside ?? name, 'utf8');
  } catch {
    return readFile(built ?? name, 'utf8');
  }
}
