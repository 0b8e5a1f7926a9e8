// The JSON Schemas of all that the program prints as JSON: made of the types that its results have, so they cannot say else.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createGenerator } from 'ts-json-schema-generator';

/** By what an output says of itself, or what it is: the types that it may be of, in `src/report/model*.ts`. */
const OUTPUTS = {
  'regsweep.report/1': ['Report'],
  'regsweep.report-as/1': ['ReportAs'],
  'regsweep.rank/1': ['Rank'],
  'regsweep.tree/1': ['VolumeTree'],
  'regsweep.history/1': ['History'],
  'regsweep.scan/1': ['ScanSummary'],
  'regsweep.ls/1': ['Listing'],
  'regsweep.why/1': ['Why'],
  'regsweep.verify/1': ['Verification', 'PullCheck'],
  'regsweep.query/1': ['QueryResult'],
  'regsweep.retention/1': ['Explanation'],
  'regsweep.sweep/1': ['SweepResult'],
  'regsweep.repair/1': ['RepairResult'],
  'regsweep.runs/1': ['RunsResult'],
  'regsweep.restore/1': ['RestoreResult'],
  'regsweep.purge/1': ['PurgeResult'],
  'regsweep.policy/1': ['PolicyCheck'],
  'regsweep.serve/1': ['ServedState'],
  'regsweep.lines/1': ['Line'],
};

const DRAFT = 'http://json-schema.org/draft-07/schema#';

/** All numbers are whole but those of these names: TypeScript cannot tell. */
const FRACTIONAL = new Set([
  'durationSeconds',
  'days',
  'daysUntilFull',
  'daysUntilFullLow',
  'daysUntilFullHigh',
  'rows',
]);

/** The file of a schema: `regsweep.report-1.json` of `regsweep.report/1`. */
const fileOf = (schema) => `${schema.replace('/', '-')}.json`;

/** What other schemas call it by: `urn:regsweep:report:1` of `regsweep.report/1`. */
const idOf = (schema) => `urn:${schema.replace(/[./]/g, ':')}`;

/** Writes a file for each output into a folder that is there. `plan`: the schema of a line of a plan. */
export async function writeSchemas(folder, plan) {
  const generator = createGenerator({
    path: 'src/report/model*.ts',
    tsconfig: 'tsconfig.json',
    // `npm run types` does that.
    skipTypeCheck: true,
    expose: 'all',
    topRef: false,
    additionalProperties: false,
  });
  const schemas = Object.entries(OUTPUTS).map(([schema, types]) => [schema, schemaOf(types, generator)]);
  for (const [schema, document] of [...schemas, ['regsweep.plan/1', plan]]) {
    const named = { $schema: DRAFT, $id: idOf(schema), title: schema, ...open(document) };
    await writeFile(join(folder, fileOf(schema)), `${JSON.stringify(named, undefined, 2)}\n`);
  }
}

/** Of one of these types. */
function schemaOf(types, generator) {
  const made = types.map((type) => generator.createSchema(type));
  const documents = made.map((one) => ({ ...one, $schema: undefined, definitions: undefined }));
  const definitions = inOrder(Object.assign({}, ...made.map((one) => one.definitions)));
  const [first, ...others] = documents;
  return withIntegers({ ...(others.length === 0 ? first : { anyOf: documents }), $schema: DRAFT, definitions });
}

/** Fields may be added: who holds an output of a newer version against this must not be told that it is wrong. */
function open(part) {
  if (Array.isArray(part)) return part.map(open);
  if (typeof part !== 'object' || part === null) return part;
  const entries = Object.entries(part).filter(([key, value]) => key !== 'additionalProperties' || value !== false);
  return Object.fromEntries(entries.map(([key, value]) => [key, open(value)]));
}

function inOrder(definitions) {
  return Object.fromEntries(Object.entries(definitions).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** `name`: of the property that a part is of. */
function withIntegers(part, name = '') {
  if (Array.isArray(part)) return part.map((one) => withIntegers(one, name));
  if (typeof part !== 'object' || part === null) return part;
  const entries = Object.entries(part).map(([key, value]) => {
    if (key === 'properties') {
      return [key, Object.fromEntries(Object.entries(value).map(([of, one]) => [of, withIntegers(one, of)]))];
    }
    if (key === 'type' && !FRACTIONAL.has(name)) return [key, wholeNumbers(value)];
    return [key, withIntegers(value, name)];
  });
  return Object.fromEntries(entries);
}

function wholeNumbers(type) {
  return Array.isArray(type) ? type.map(wholeNumbers) : type === 'number' ? 'integer' : type;
}
