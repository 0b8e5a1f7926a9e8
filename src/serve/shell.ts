/** The page: one document for every address, and what it is made of, out of memory. */
import { createHash } from 'node:crypto';
import type { Hono } from 'hono';

/** The texts of the page. */
export interface PageFiles {
  readonly script: string;
  readonly style: string;
}

const HASH_DIGITS = 16;

/** Answers every GET that nothing before it answers. */
export function serveShell(app: Hono, { script, style }: PageFiles): void {
  const scriptPath = place(app, script, 'js', 'text/javascript');
  const stylePath = place(app, style, 'css', 'text/css');
  const document = shell(scriptPath, stylePath);
  app.get('/assets/*', (context) => context.text('there is no such file\n', 404));
  app.get('*', (context) => context.html(document));
}

/** Serves a text under the name of its hash, so that an old page never meets a new script; gives its path. */
function place(app: Hono, text: string, ending: string, type: string): string {
  const hash = createHash('sha256').update(text).digest('hex').slice(0, HASH_DIGITS);
  const path = `/assets/app-${hash}.${ending}`;
  app.get(path, (context) => context.body(text, 200, { 'Content-Type': `${type}; charset=utf-8` }));
  return path;
}

function shell(script: string, style: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>regsweep</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${style}">
<script src="${script}" defer></script>
</head>
<body><noscript><p>This page needs JavaScript.</p></noscript></body>
</html>
`;
}
