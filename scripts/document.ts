/**
 * Writes into the pages of `docs` what their commands print: `npm run build && npx tsx scripts/document.ts [PAGE…]`. In a block
 * `console` what stands behind each command is replaced; a test (`test/docs/commands.test.ts`) holds the pages to it.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { documentedCommands } from '../test/support/documented-commands.ts';
import { DOCS, documentedMachine } from '../test/support/documented-machine.ts';

const given = process.argv.slice(2);
const pages = given.length > 0 ? given : readdirSync(DOCS).filter((name) => name.endsWith('.md'));
for (const page of pages) await document(join(DOCS, page));

async function document(path: string): Promise<void> {
  const text = readFileSync(path, 'utf8');
  const machine = await documentedMachine();
  const lines = text.split('\n');
  // From the end on, so that the places of those before stay what they are; but each is run where it stands.
  const printed: { readonly from: number; readonly lines: number; readonly output: string }[] = [];
  try {
    for (const documented of documentedCommands(text)) {
      const { status, output, errors } = await machine.run(documented);
      if (status !== documented.status) {
        console.error(`${path}:${documented.line}: ${documented.command} ended with ${String(status)}\n${errors}`);
        process.exitCode = 1;
      }
      const { output: before, printedFrom } = documented;
      if (before === undefined || printedFrom === undefined) continue;
      printed.push({ from: printedFrom - 1, lines: before === '' ? 0 : before.split('\n').length, output });
    }
  } finally {
    machine.remove();
  }
  for (const { from, lines: count, output } of printed.reverse()) {
    lines.splice(from, count, ...(output === '' ? [] : output.split('\n')));
  }
  writeFileSync(path, lines.join('\n'));
}
