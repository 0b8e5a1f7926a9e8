/** Reads what `npm run build` bundles for the browser, which lies beside the program. */
import { readFile } from 'node:fs/promises';
import type { PageFiles } from '../serve/shell.ts';

/** Beside the chunks of the program; and where the sources are run, where the build has left them. */
const BESIDE = './page/';
const BUILT = '../../dist/page/';

/** The script and the style sheet of a page. Throws where they are not there: the program is not whole. */
export async function readPageFiles(page: 'report' | 'app'): Promise<PageFiles> {
  return { script: await textOf(`${page}.js`), style: await textOf(`${page}.css`) };
}

async function textOf(name: string): Promise<string> {
  try {
    return await readFile(new URL(BESIDE + name, import.meta.url), 'utf8');
  } catch {
    return readFile(new URL(BUILT + name, import.meta.url), 'utf8');
  }
}
