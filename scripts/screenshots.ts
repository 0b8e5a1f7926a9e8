/**
 * Makes the pictures of the README, in `docs/images`: `npm run build && npm run screenshots`. They are of the fixture and of a
 * generated registry, which has a past that is made up: nobody wants to wait for a year of scans.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import Database from 'better-sqlite3';
import type { Browser, Page } from 'playwright-core';
import { contextOf, startBrowser } from '../test/support/browser.ts';
import { FIXTURE_ROOT } from '../test/support/fixture.ts';
import { servePage, type ServedPage } from '../test/support/served-page.ts';
import { makeTree } from './registry-generator/tree.ts';

const PROJECT = fileURLToPath(new URL('..', import.meta.url));
const IMAGES = join(PROJECT, 'docs/images');
/** A picture that is larger loads slowly where the README is read. */
const MOST_BYTES = 200_000;
const DAY = 24 * 3600 * 1000;

interface Shot {
  /** The file is called so, with the width and the scheme behind it. */
  readonly name: string;
  readonly address: string;
  readonly width: number;
  readonly colorScheme: 'light' | 'dark';
  /** Pixels. */
  readonly height: number;
  /** A selector of what stands at the top of the picture; absent: it begins with the page. */
  readonly from?: string;
  /** What is done before the picture is taken. */
  readonly prepare?: (page: Page) => Promise<void>;
  /** Of the window, with what stands at its foot; absent: of the page. */
  readonly isWindow?: boolean;
}

function shotsOf(fixture: string, generated: string): readonly Shot[] {
  const wide = { width: 1280, colorScheme: 'light' } as const;
  const prepare = openFirstPart;
  const narrow = { width: 390, colorScheme: 'dark' } as const;
  return [
    { name: 'report-fixture', address: fixture, ...wide, height: 1000 },
    { name: 'report', address: generated, ...wide, height: 1080 },
    { name: 'report', address: generated, ...wide, colorScheme: 'dark', height: 1080 },
    { name: 'report-map', address: generated, ...wide, from: '#volume figure', height: 610 },
    {
      name: 'report-part',
      address: generated,
      ...wide,
      colorScheme: 'dark',
      from: '#volume figure',
      height: 940,
      prepare,
    },
    { name: 'report-growth', address: generated, ...wide, from: '#growth', height: 450 },
    { name: 'report', address: generated, ...narrow, height: 1500 },
    { name: 'report-map', address: generated, ...narrow, colorScheme: 'light', from: '#volume figure', height: 1100 },
  ];
}

/** `at`: the address of a view of the served page. */
function servedShotsOf(at: (query: string) => string, root: string): readonly Shot[] {
  const wide = { width: 1280, colorScheme: 'light', height: 900, isWindow: true } as const;
  const narrow = { width: 390, colorScheme: 'light', height: 844, isWindow: true } as const;
  const after = (prepare: (page: Page) => Promise<void>) => async (page: Page) => {
    await page.locator('main').locator('h2, table').first().waitFor();
    await prepare(page);
    await page.locator('.app-waiting, [aria-busy=true]').first().waitFor({ state: 'detached' });
    await page.evaluate(renameRoot(root));
  };
  const look = after(() => Promise.resolve());
  const choose = after(chooseThree);
  const largest = at('view=repositories&by=size');
  const overview = at('');
  return [
    { name: 'page', address: overview, ...wide, prepare: look },
    { name: 'page', address: overview, ...narrow, colorScheme: 'dark', prepare: look },
    { name: 'page-chosen', address: largest, ...wide, prepare: choose },
    { name: 'page-chosen', address: largest, ...narrow, prepare: choose },
    { name: 'page-manifest', address: largest, ...wide, height: 1080, prepare: after(openNewestImage) },
    { name: 'page-policy', address: at('view=policy'), ...wide, colorScheme: 'dark', prepare: look },
  ];
}

async function openLargest(page: Page): Promise<void> {
  await page.locator('tbody th a').first().click();
  await page.getByRole('heading', { name: 'Revisions' }).waitFor();
}

async function chooseThree(page: Page): Promise<void> {
  await openLargest(page);
  await page.getByRole('columnheader', { name: 'Exclusive' }).first().getByRole('button').click();
  for (const nth of [0, 1, 2]) await page.locator('tbody').first().getByRole('checkbox').nth(nth).check();
  await page.getByText('3 tags chosen.').waitFor();
}

async function openNewestImage(page: Page): Promise<void> {
  await openLargest(page);
  await page.locator('tbody th a').first().click();
  await page.getByRole('heading', { name: 'Why is it here?' }).waitFor();
}

/** A script that shows the root that the registry would have at home. */
function renameRoot(root: string): string {
  return `{
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const { data } = texts.currentNode;
      if (data.includes(${JSON.stringify(root)})) texts.currentNode.data = data.replaceAll(${JSON.stringify(root)}, '/var/lib/registry');
    }
  }`;
}

async function openFirstPart(page: Page): Promise<void> {
  await page.locator('#volume table').last().getByRole('button').first().click();
}

async function take(browser: Browser, shot: Shot): Promise<void> {
  const { name, address, width, colorScheme, height, from, prepare, isWindow = false } = shot;
  const context = await contextOf(browser, { width, colorScheme, ...(isWindow && { height }) });
  const page = await context.newPage();
  await page.goto(address);
  await prepare?.(page);
  await page.evaluate('scrollTo(0, 0)');
  await page.waitForTimeout(500);
  const box = from === undefined ? undefined : await page.locator(from).boundingBox();
  const path = join(IMAGES, `${name}-${width}-${colorScheme}.png`);
  const y = Math.max(0, (box?.y ?? 0) - 16);
  await page.screenshot(isWindow ? { path } : { path, fullPage: true, clip: { x: 0, y, width, height } });
  await context.close();
  const { size } = statSync(path);
  console.log(`${path.slice(PROJECT.length)}  ${size} bytes`);
  if (size > MOST_BYTES) throw new Error(`${path} is larger than ${MOST_BYTES} bytes`);
}

/** The report of a volume as a page, with the root that it would have at home. */
function reportOf(root: string, folder: string, name: string, past: boolean): string {
  const database = join(folder, `${name}.sqlite`);
  const file = join(folder, `${name}.html`);
  const run = (...words: readonly string[]): void => {
    const argv = [join(PROJECT, 'dist/regsweep.cjs'), 'report', root, '--min-age', '0', '--db', database, ...words];
    execFileSync(process.execPath, argv, { stdio: ['ignore', 'ignore', 'inherit'] });
  };
  if (past) {
    run('--quiet');
    inventPast(database);
  }
  run('--quiet', '--format', 'html', '-o', file, ...(past ? ['--no-scan'] : []));
  const text = readFileSync(file, 'utf8')
    .replaceAll(` --db ${database}`, '')
    .replaceAll(' --no-scan', '')
    .replaceAll(root, '/var/lib/registry');
  writeFileSync(file, text);
  return pathToFileURL(file).href;
}

/** Serves a volume from an index with a past. */
function serveWithPast(root: string, folder: string): Promise<ServedPage> {
  const database = join(folder, 'served.sqlite');
  const given = ['--min-age', '0', '--db', database];
  const argv = [join(PROJECT, 'dist/regsweep.cjs'), 'scan', root, '--quiet', '--disk-usage', ...given];
  execFileSync(process.execPath, argv, { stdio: ['ignore', 'ignore', 'inherit'] });
  inventPast(database);
  return servePage(root, folder, ['--no-scan', '--allow-sweep', '--registry-stopped', ...given]);
}

/** Scans of the last four months, with a gap: the volume grew all along, and somebody swept it once. */
function inventPast(database: string): void {
  const open = new Database(database);
  const now = open.prepare('SELECT * FROM scan ORDER BY id DESC LIMIT 1').get() as Record<string, number>;
  open.prepare('DELETE FROM scan WHERE id <> ?').run(now['id']);
  const bytes = now['bytes'] ?? 0;
  const full = Math.round(bytes * 1.16);
  open.prepare('UPDATE scan SET id = 1000, capacity_bytes = ?, free_bytes = ?').run(full, full - bytes);
  open.prepare('UPDATE scan_repository SET scan_id = 1000').run();
  const columns = Object.keys(now);
  const insert = open.prepare(`INSERT INTO scan (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`);
  for (const [at, week] of [17, 16, 15, 14, 13, 12, 8, 7, 6, 5, 4, 3, 2, 1].entries()) {
    const swept = week < 9 ? 0.07 : 0;
    const grown = 1 - 0.021 * week + (week >= 9 ? 0.06 : 0);
    const row: Record<string, number | null | undefined> = {
      ...now,
      id: at + 1,
      scanned_at: (now['scanned_at'] ?? 0) - week * 7 * DAY,
      bytes: Math.round((now['bytes'] ?? 0) * (grown + 0.01 * Math.sin(at) - swept / 7)),
      referenced_bytes: Math.round((now['referenced_bytes'] ?? 0) * (1 - 0.018 * week)),
      tagged_bytes: Math.round((now['tagged_bytes'] ?? 0) * (1 - 0.015 * week)),
    };
    insert.run(columns.map((column) => row[column] ?? null));
  }
  open.close();
}

const folder = mkdtempSync(join(tmpdir(), 'regsweep-screenshots-'));
try {
  mkdirSync(IMAGES, { recursive: true });
  const tree = join(folder, 'registry');
  makeTree(tree, 'pictures', 7);
  const fixture = reportOf(FIXTURE_ROOT.replace(/\/$/, ''), folder, 'fixture', false);
  const browser = await startBrowser();
  for (const shot of shotsOf(fixture, reportOf(tree, folder, 'generated', true))) await take(browser, shot);
  const served = await serveWithPast(tree, folder);
  for (const shot of servedShotsOf(served.at, tree)) await take(browser, shot);
  await served.stop();
  await browser.close();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
