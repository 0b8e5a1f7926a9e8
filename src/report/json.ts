import { escapeJsonDocument } from './escape.ts';

/** Any result as one JSON document: indented by two, a line end at its end, safe to show on a terminal. */
export function renderJson(result: object): string {
  return `${escapeJsonDocument(JSON.stringify(result, undefined, 2))}\n`;
}
