/** The files of the page, as the build leaves them beside the program. */
import { readFileSync } from 'node:fs';
import type { PageFiles } from '../serve/shell.ts';

/** Beside the chunks of the program; and where the sources are run, where the build would have left them. */
const PLACES = ['./page/', '../../dist/page/'];

export function readPageFiles(): PageFiles {
  return { script: textOf('app.js'), style: textOf('app.css') };
}

function textOf(name: string): string | undefined {
  for (const place of PLACES) {
    try {
      return readFileSync(new URL(place + name, import.meta.url), 'utf8');
    } catch {
      // It is looked for in the next place; without any the page says what is missing.
    }
  }
  return undefined;
}
