/** The JSON Schemas that ship, and what they say of outputs: `npm run build` must have run. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Ajv from 'ajv';

const FOLDER = fileURLToPath(new URL('../../dist/schemas', import.meta.url));

/** Their names as outputs have them, as `regsweep.report/1`. */
export const SHIPPED: readonly string[] = readdirSync(FOLDER)
  .filter((file) => file.startsWith('regsweep.'))
  .map((file) => file.replace(/-(\d+)\.json$/, '/$1'))
  .toSorted();

export function shippedSchema(name: string): object {
  return JSON.parse(readFileSync(join(FOLDER, `${name.replace('/', '-')}.json`), 'utf8')) as object;
}

const ajv = new Ajv();
const validators = new Map<string, ReturnType<Ajv.Ajv['compile']>>();

/** What is wrong with a document by the schema of this name; empty where nothing is. */
export function wrongBySchema(name: string, document: unknown): string {
  const validate = validators.get(name) ?? ajv.compile(shippedSchema(name));
  validators.set(name, validate);
  if (validate(document) === true) return '';
  const [error] = validate.errors ?? [];
  return `${error?.dataPath ?? ''} ${error?.message ?? ''} ${JSON.stringify(error?.params)}`;
}
