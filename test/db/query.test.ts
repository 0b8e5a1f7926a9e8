import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { queryIndex, schemaDocumentation } from '../../src/db/query.ts';
import { layer } from '../support/content.ts';
import { allContent, image } from '../support/images.ts';
import { openedOf } from '../support/report-of.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { createTree } from '../support/tree.ts';

const BASE = layer('base', 3000);
const APP = image({ name: 'app', layers: [BASE, layer('app')] });
const SHOP = image({ name: 'shop', layers: [BASE, layer('shop')] });
const LONE = Buffer.from('nobody needs this');

let path: string;
let lone: string;
beforeAll(async () => {
  const tree = createTree(join(temporaryFolder('query'), 'registry'));
  tree.push('app', '1.0', APP);
  tree.push('app', undefined, SHOP);
  tree.push('shop/api', 'latest', SHOP);
  lone = tree.putBlob(LONE);
  path = (await openedOf(tree.root)).database;
});

describe('queries', () => {
  it('answer with columns and rows', () => {
    expect(queryIndex(path, 'SELECT name, deletable FROM repository ORDER BY name')).toEqual({
      schema: 'regsweep.query/1',
      columns: ['name', 'deletable'],
      rows: [
        ['app', 1],
        ['shop/api', 1],
      ],
    });
  });

  it('spell digests, and bytes as hexadecimal', () => {
    const sql = 'SELECT n.digest, b.digest, n.bytes FROM named_blob n JOIN blob b USING (id) WHERE NOT n.referenced';
    expect(queryIndex(path, sql).rows).toEqual([[lone, lone.replace('sha256:', ''), LONE.length]]);
  });

  it('answer what no report does: the blobs that most repositories share', () => {
    const sql = `SELECT b.digest, count(*) AS repositories, b.bytes
                 FROM layer_link l JOIN named_blob b ON b.id = l.blob_id
                 GROUP BY b.id ORDER BY repositories DESC, b.bytes DESC LIMIT 1`;
    expect(queryIndex(path, sql).rows).toEqual([[BASE.digest, 2, BASE.bytes.length]]);
  });

  it('tell what is reached from a revision, and what from a tag', () => {
    const sql = 'SELECT count(*), sum(referenced), sum(tagged) FROM blob WHERE stored';
    const needed = new Set([...allContent(APP), ...allContent(SHOP)].map(({ digest }) => digest)).size;
    expect(queryIndex(path, sql).rows).toEqual([[needed + 1, needed, needed]]);
    const links = `SELECT sum(needed), sum(needed_by_tags) FROM layer_link l JOIN repository r ON r.id = repository_id
                   WHERE r.name = 'app'`;
    const own = new Set([...APP.blobs, ...SHOP.blobs].map(({ digest }) => digest)).size;
    expect(queryIndex(path, links).rows).toEqual([[own, APP.blobs.length]]);
  });

  it('give integers exactly, of any size: beyond what a number holds as digits', () => {
    const sql = 'SELECT 9223372036854775807, -9223372036854775808, 9007199254740993, 9007199254740991, -5, 0.5';
    expect(queryIndex(path, sql).rows).toEqual([
      ['9223372036854775807', '-9223372036854775808', '9007199254740993', 9_007_199_254_740_991, -5, 0.5],
    ]);
  });

  it('give null for null', () => {
    expect(queryIndex(path, 'SELECT NULL AS unknown')).toMatchObject({ columns: ['unknown'], rows: [[null]] });
  });

  it.each([
    'DELETE FROM blob',
    "UPDATE repository SET name = 'x'",
    "INSERT INTO word (id, text) VALUES (999, 'x') RETURNING id",
    'DROP TABLE blob',
    'CREATE TABLE mine (x)',
    'PRAGMA user_version = 7',
    'VACUUM',
    'SELECT 1; SELECT 2',
    'SELECT * FROM no_such_table',
    'not SQL at all',
    '',
  ])('refuse %j, and change nothing', (sql) => {
    const before = readFileSync(path);
    expect(() => queryIndex(path, sql)).toThrow(expect.objectContaining({ code: 'query-failed' }));
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it('want an index', () => {
    expect(() => queryIndex(join(temporaryFolder('none'), 'none.sqlite'), 'SELECT 1')).toThrow(
      expect.objectContaining({ code: 'index-missing' }),
    );
  });
});

describe('the documentation', () => {
  it('says what every table is about, and names none that is not there', () => {
    const text = schemaDocumentation();
    const documented = [...text.matchAll(/^-- .+\nCREATE (?:TABLE|VIEW) (\w+)/gm)].map((match) => match[1]);
    const sql = "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'";
    expect([...documented].sort()).toEqual(
      queryIndex(path, sql)
        .rows.map(([name]) => name)
        .sort(),
    );
  });
});
