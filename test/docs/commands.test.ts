/** Every command of the documentation, page by page, on a copy of the fixture: it does what the page says that it does. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { documentedCommands } from '../support/documented-commands.ts';
import { DOCS, documentedMachine } from '../support/documented-machine.ts';

const pages = readdirSync(DOCS).filter((name) => name.endsWith('.md'));
const textOf = (page: string): string => readFileSync(join(DOCS, page), 'utf8');
const pagesWithCommands = pages.filter((page) => documentedCommands(textOf(page)).length > 0);

// What takes long is other processes: several pages wait for theirs at once.
it.concurrent.each(pagesWithCommands)('the commands of %s do what it says', async (page) => {
  const machine = await documentedMachine();
  try {
    for (const documented of documentedCommands(textOf(page))) {
      const ended = await machine.run(documented);
      const where = `${page}:${documented.line}: ${documented.command}`;
      expect(ended, where).toMatchObject({ status: documented.status });
      if (documented.output !== undefined) expect(ended.output, where).toBe(documented.output);
    }
  } finally {
    machine.remove();
  }
});

it.each(pages)('%s leads to files that are there', (page) => {
  for (const [, target = ''] of textOf(page).matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
    expect(existsSync(join(DOCS, target)), target).toBe(true);
  }
});
