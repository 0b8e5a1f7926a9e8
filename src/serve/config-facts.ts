/**
 * What an image's config says (OCI image-spec, config.md; Docker image spec 1.2). It is a blob that anybody could push: every
 * field may be of any type, and every text of any length.
 */
import * as z from 'zod';
import { readJson } from '../manifest/json.ts';
import type { ConfigFacts } from '../report/model-serve.ts';

const MOST_CHARACTERS = 2000;
const MOST_ITEMS = 200;

/** A field that is not of its type counts as one that is not there. */
const text = z
  .string()
  .transform((value) => (value.length > MOST_CHARACTERS ? `${value.slice(0, MOST_CHARACTERS)}…` : value))
  .nullable()
  .catch(null)
  .default(null);
const texts = z
  .array(z.unknown())
  .transform((values) => values.slice(0, MOST_ITEMS).flatMap((value) => text.parse(value) ?? []))
  .catch([])
  .default([]);
const entries = z
  .record(z.string(), z.unknown())
  .transform((record) => Object.entries(record).slice(0, MOST_ITEMS))
  .catch([])
  .default([]);

const step = z.object({ created: text, created_by: text, empty_layer: z.boolean().catch(false).default(false) });

const run = z.object({
  User: text,
  WorkingDir: text,
  Entrypoint: texts,
  Cmd: texts,
  ExposedPorts: entries,
  Env: texts,
  Labels: entries,
});

const config = z.object({
  created: text,
  architecture: text,
  os: text,
  author: text,
  config: run.catch(run.parse({})).default(run.parse({})),
  history: z.array(z.unknown()).catch([]).default([]),
});

/** `null` for what is no JSON object. */
export function configFacts(bytes: Uint8Array): ConfigFacts | null {
  const json = readJson(bytes);
  const parsed = json.ok ? config.safeParse(json.value) : undefined;
  if (parsed?.success !== true) return null;
  const { created, architecture, os, author, config: of, history } = parsed.data;
  return {
    created,
    architecture,
    os,
    author,
    user: of.User,
    workingDirectory: of.WorkingDir,
    entrypoint: of.Entrypoint,
    command: of.Cmd,
    exposedPorts: of.ExposedPorts.map(([port]) => cut(port)),
    environment: of.Env,
    labels: of.Labels.map(([name, value]) => [cut(name), text.parse(value) ?? ''] as const),
    history: history.slice(0, MOST_ITEMS).flatMap((one) => {
      const said = step.safeParse(one);
      if (!said.success) return [];
      const { created: at, created_by: by, empty_layer: empty } = said.data;
      return [{ created: at, createdBy: by ?? '', empty }];
    }),
  };
}

function cut(value: string): string {
  return text.parse(value) ?? '';
}
