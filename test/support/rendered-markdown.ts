/** Markdown as GitHub shows it, to look at what became of texts that a pusher chose. */
import { marked } from 'marked';

/** All that our Markdown is made of. */
const OURS = /<\/?(?:h2|h3|p|blockquote|strong|code|table|thead|tbody|tr|th|td)(?: align="(?:left|right)")?>/g;

/** The page that comes of a text. */
export function renderedMarkdown(text: string): string {
  return marked.parse(text, { async: false, gfm: true });
}

/** The first thing in it that is markup, a link or a mention and that we did not write; `undefined`: there is none. */
export function foreignMarkup(text: string): string | undefined {
  const outside = renderedMarkdown(text)
    .replaceAll(/<code>[^<]*<\/code>/g, '')
    .replaceAll(OURS, '');
  const at = outside.search(/[<>@`]|&(?!quot;|#39;|[gl]t;\d)/);
  return at < 0 ? undefined : outside.slice(Math.max(0, at - 40), at + 40);
}
