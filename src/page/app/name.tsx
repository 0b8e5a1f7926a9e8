/** Names as the registry stores them. They are hostile: characters that turn the direction of a text are spelled out. */
import { escapeTerminal } from '../../report/escape.ts';
import { shortDigest } from '../../shared/short-digest.ts';
import { formatBytesOrUnknown, formatDay, formatTime } from '../../report/format.ts';

/** A name as one piece, whatever stands beside it. */
export function Name({ text }: { readonly text: string }) {
  return <bdi class="app-name">{escapeTerminal(text)}</bdi>;
}

/** A digest cut short; the whole of it is its title. */
export function Digest({ digest }: { readonly digest: string }) {
  return (
    <code class="app-digest" title={digest}>
      {escapeTerminal(shortDigest(digest))}
    </code>
  );
}

/** A day, with the time as its title. */
export function Day({ iso }: { readonly iso: string | null }) {
  if (iso === null) return <span>–</span>;
  return (
    <time dateTime={iso} title={formatTime(iso)}>
      {formatDay(iso)}
    </time>
  );
}

export function Bytes({ bytes }: { readonly bytes: number | null }) {
  return <span class="app-bytes">{formatBytesOrUnknown(bytes)}</span>;
}
