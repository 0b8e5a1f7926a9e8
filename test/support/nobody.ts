/** Root may look at anything: what others are refused can only be tested as somebody else. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const NOBODY = 65_534;

/** Acts as a user who is not root: where this process is, the tree goes to somebody else, who it becomes meanwhile. */
export async function asNobody<T>(root: string, act: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return act();
  execFileSync('chown', ['-R', String(NOBODY), join(root, '..')]);
  process.seteuid?.(NOBODY);
  try {
    return await act();
  } finally {
    process.seteuid?.(0);
  }
}
