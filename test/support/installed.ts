/** Programs that tests need besides this one. Where they are missing those tests are left out; in CI that is a failure. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * Whether all of these are on the `PATH`, by the names of their Debian packages. Where `CI` is set, a missing one throws
 * instead, so that nothing is left out there. `tests`: what is left out, in words.
 */
export function areInstalled(tools: readonly string[], tests: string): boolean {
  const missing = tools.filter((tool) => pathOf(tool) === undefined);
  if (missing.length === 0) return true;
  const message = `not installed: ${missing.join(', ')} (Debian packages of these names)`;
  if (isSet(process.env['CI'])) throw new Error(`${message}: in CI no test may be left out`);
  console.warn(`${message}: ${tests} are left out`);
  return false;
}

/** Where a program is, by the `PATH`. */
export function pathOf(tool: string): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, tool))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0' && value !== 'false';
}
