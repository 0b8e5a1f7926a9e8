/** Small files that an operator names or a machine keeps: settings and certificates, never the volume. */
import { closeSync, openSync, readSync } from 'node:fs';

/** At most `most` bytes of a file, as text. Throws what Node throws. */
export function readStart(path: string, most: number): string {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(most);
    let used = 0;
    // Files of /proc have no size, and give what they have piece by piece.
    for (;;) {
      const read = readSync(file, bytes, used, most - used, null);
      used += read;
      if (read === 0 || used === most) return bytes.toString('utf8', 0, used);
    }
  } finally {
    closeSync(file);
  }
}
