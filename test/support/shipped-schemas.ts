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

/**
 * What is wrong with a document by the schema of this name; empty where nothing is. A field that the schema does not know is wrong,
 * which those that ship let pass.
 */
export function wrongBySchema(name: string, document: unknown): string {
  const validate = validators.get(name) ?? ajv.compile(strict(shippedSchema(name)));
  validators.set(name, validate);
  if (validate(document) === true) return '';
  const [error] = validate.errors ?? [];
  return `${error?.dataPath ?? ''} ${error?.message ?? ''} ${JSON.stringify(error?.params)}`;
}

function strict(schema: object): object {
  const whole: unknown = JSON.parse(JSON.stringify(schema), (_, part: unknown) =>
    isObjectSchema(part) ? { additionalProperties: false, ...part } : part,
  );
  return whole as object;
}

function isObjectSchema(part: unknown): part is object {
  return typeof part === 'object' && part !== null && 'properties' in part && 'type' in part && part.type === 'object';
}
