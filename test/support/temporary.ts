/** Temporary folders of tests. `setup.ts` removes them after each test file, so that no test has to. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const made: string[] = [];

/** A new empty folder of its own; `name` is only there to recognise it. Its real path, without symbolic links. */
export function temporaryFolder(name: string): string {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), `regsweep-${name}-`));
  made.push(folder);
  return folder;
}

/** One folder for all who ask in a test file: a process runs many files, and each folder is removed with its own. */
export function commonFolder(name: string): () => string {
  let folder: string | undefined;
  return () => {
    if (folder === undefined || !existsSync(folder)) folder = temporaryFolder(name);
    return folder;
  };
}

/** A file of this name and text, in a new folder of its own. Its path. */
export function temporaryFile(name: string, text: string): string {
  const path = join(temporaryFolder('given'), name);
  writeFileSync(path, text);
  return path;
}

/** Removes every folder that this process has made and not yet removed, unreadable folders inside them too. */
export function removeTemporaryFolders(): void {
  const folders = made.splice(0);
  if (folders.length === 0) return;
  // Only root can remove what stands in a folder of mode 000.
  if (process.getuid?.() !== 0) execFileSync('chmod', ['-R', 'u+rwX', ...folders]);
  // `rm` does in a tenth of the time what Node's own recursion does, and tests make hundreds of trees.
  execFileSync('rm', ['-rf', '--', ...folders]);
}
