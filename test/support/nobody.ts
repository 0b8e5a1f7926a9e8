/** Root may look at anything: what others are refused can only be tested as somebody else. */
import { execFileSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';

const NOBODY = 65_534;

/**
 * Acts as a user who is not root. Where this process is, the folder that holds the registry root goes to somebody else, who
 * this process becomes meanwhile: that folder must be a temporary one of the test's own, and never the one for all.
 */
export async function asNobody<T>(root: string, act: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return act();
  const folder = realpathSync(dirname(root));
  const shared = realpathSync(tmpdir());
  if (!folder.startsWith(`${shared}/`)) throw new Error(`${root} does not lie in a temporary folder of its own`);
  execFileSync('chown', ['-R', String(NOBODY), folder]);
  process.seteuid?.(NOBODY);
  try {
    return await act();
  } finally {
    process.seteuid?.(0);
  }
}
