/** Policies as the text of a policy file. */
import { Document, visit } from 'yaml';
import { escapeJsonDocument, escapeTerminal } from './escape.ts';

/** A policy file with comments at its top, a line each. What came from elsewhere is escaped. */
export function renderPolicyFile(policies: readonly object[], comments: readonly string[]): string {
  const document = new Document({ policies }, { aliasDuplicateObjects: false });
  visit(document, {
    Scalar: (_key, scalar) => {
      // Only between double quotes has YAML escapes.
      if (typeof scalar.value === 'string' && escapeTerminal(scalar.value) !== scalar.value)
        scalar.type = 'QUOTE_DOUBLE';
    },
  });
  const text = document.toString({ lineWidth: 0, singleQuote: true });
  const head = comments.map((comment) => `# ${escapeTerminal(comment)}\n`).join('');
  return head + escapeJsonDocument(text);
}
