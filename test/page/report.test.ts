/** The page of a report in a real browser: offline, under its own policy. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { runBuilt } from '../support/built-program.ts';
import { expectNoSeriousFindings, hasBrowser, sidewaysScroll, useBrowser } from '../support/browser.ts';
import { copyFixture } from '../support/fixture.ts';
import { HOSTILE_REPOSITORY, pushHostile } from '../support/hostile-repository.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { Tree } from '../support/tree.ts';

/** Writes the report of a volume, twice: then there is growth. Its address. */
async function pageOf(root: string, ...argv: readonly string[]): Promise<string> {
  const folder = temporaryFolder('report');
  const file = join(folder, 'report.html');
  const words = ['report', root, '--min-age', '0', '--format', 'html', '-o', file, ...argv];
  await runBuilt(words, folder);
  const { status, stdout, stderr } = await runBuilt(words, folder);
  expect({ status, stdout, stderr: stderr.replace(/^warning: .*\n/gm, '') }).toEqual({
    status: 0,
    stdout: '',
    stderr: '',
  });
  return pathToFileURL(file).href;
}

function names(page: Page): Promise<readonly string[]> {
  return page.locator('#repositories tbody th').allTextContents();
}

describe.skipIf(!hasBrowser())('the page of a report', () => {
  const browser = useBrowser();
  let address: string;
  let root: string;
  beforeAll(async () => {
    root = await copyFixture();
    address = await pageOf(root);
  });

  it('opens from a file, draws its charts, and has all that the report says', async () => {
    const page = await browser.open(address);
    expect(await page.title()).toBe(`${root} · regsweep report`);
    for (const label of ['Map of the volume', 'first repositories by', 'Bytes by the age', 'Bytes from scan to scan']) {
      const chart = page.getByRole('img', { name: new RegExp(label) });
      expect(await chart.locator('svg path').count()).toBeGreaterThan(0);
    }
    expect(await names(page)).toContain('team/app');
    await expectNoSeriousFindings(page);
  });

  it('has no serious finding by night, nor where everything is open', async () => {
    const page = await browser.open(address, { colorScheme: 'dark' });
    for (const summary of await page.locator('summary').all()) await summary.click();
    await expectNoSeriousFindings(page);
  });

  it('opens a part of the map with a click, and leads back', async () => {
    const page = await browser.open(address);
    const map = page.getByRole('img', { name: /^Map of/ });
    const way = page.getByRole('navigation', { name: 'Part of the volume that is shown' });
    // A frame bears its name above what is in it.
    await map.getByText(/^team /).click();
    await expect.poll(() => way.textContent()).toBe('the volumeteam');
    expect(await map.getAttribute('aria-label')).toMatch(/^Map of team /);
    await way.getByRole('button', { name: 'the volume' }).press('Enter');
    await expect.poll(() => way.textContent()).toBe('the volume');
    await page.locator('#volume').getByRole('button', { name: 'team', exact: true }).press('Enter');
    await expect.poll(() => way.textContent()).toBe('the volumeteam');
  });

  it('says at the pointer what a rectangle is', async () => {
    const page = await browser.open(address);
    await page
      .getByRole('img', { name: /^Map of/ })
      .getByText(/^team /)
      .hover();
    await expect.poll(() => page.locator('.tooltip').first().textContent()).toMatch(/^team.*in all/);
  });

  it('is sorted by a column, by the keyboard too, and says so', async () => {
    const page = await browser.open(address);
    const head = page.locator('#repositories').getByRole('columnheader', { name: 'repository' });
    await head.getByRole('button').press('Enter');
    expect(await head.getAttribute('aria-sort')).toBe('ascending');
    const ascending = await names(page);
    expect(ascending).toEqual(ascending.toSorted());
    await head.getByRole('button').press('Space');
    expect(await head.getAttribute('aria-sort')).toBe('descending');
    expect(await names(page)).toEqual(ascending.toReversed());
  });

  it('finds repositories by parts of their names, and says how many', async () => {
    const page = await browser.open(address);
    const all = await names(page);
    await page.getByLabel('Search by name').fill('TEAM app');
    const found = all.filter((name) => name.includes('team') && name.includes('app'));
    expect(found.length).toBeGreaterThan(0);
    await expect.poll(() => names(page)).toEqual(found);
    expect(await page.locator('#repositories').getByRole('status').textContent()).toMatch(
      new RegExp(`^${found.length} repositor(?:y|ies) found$`),
    );
  });

  it('is ranked by what one chooses', async () => {
    const page = await browser.open(address);
    await page.getByLabel('First by').selectOption('size');
    await page.getByRole('img', { name: /first repositories by size/ }).waitFor();
  });

  it.each([390, 1280])('fits a page of %i pixels', async (width) => {
    const page = await browser.open(address, { width });
    expect(await sidewaysScroll(page)).toBe(0);
  });

  it('on paper shows its charts and the tables behind them, and nothing to press', async () => {
    const page = await browser.open(address, { colorScheme: 'dark' });
    await page.emulateMedia({ media: 'print' });
    await page.setViewportSize({ width: 720, height: 1000 });
    for (const table of await page.locator('table').all()) expect(await table.isVisible()).toBe(true);
    for (const chart of await page.locator('.chart svg').all()) {
      const box = await chart.boundingBox();
      expect(box?.width).toBeGreaterThan(400);
      expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(721);
    }
    expect(await page.locator('.controls').first().isVisible()).toBe(false);
    expect(await sidewaysScroll(page)).toBe(0);
  });

  it('is printed with dark letters by night, and light again behind that', async () => {
    const page = await browser.open(address, { colorScheme: 'dark' });
    const letters = `[...document.querySelectorAll('#growth .chart text')]
      .find(({ textContent }) => textContent === 'all blobs')?.getAttribute('fill')`;
    await page.evaluate(`globalThis.printed = [];
      matchMedia('print').addEventListener('change', ({ matches }) => void printed.push([matches, ${letters}]));`);
    await page.pdf();
    expect(await page.evaluate('printed')).toEqual([
      [true, '#000000'],
      [false, '#e4eaf0'],
    ]);
  });

  it('reads without scripts: a picture of the map, and every table', async () => {
    const page = await browser.open(address, { javaScript: false });
    expect(await page.locator('svg.picture rect').count()).toBeGreaterThan(5);
    expect(await page.getByRole('rowheader', { name: 'team/app' }).last().isVisible()).toBe(true);
    for (const table of await page.locator('table').all()) expect(await table.isVisible()).toBe(true);
  });

  it('shows as text whatever a name holds, and runs nothing of it', async () => {
    const tree = new Tree(temporaryFolder('hostile'));
    pushHostile(tree);
    const hostile = await pageOf(tree.root);
    // Each dialog, request and error fails the test.
    const page = await browser.open(hostile);
    expect(await names(page)).toEqual(expect.arrayContaining([HOSTILE_REPOSITORY, '<img src=x onerror=alert(1)>']));
    for (const summary of await page.locator('#damage summary').all()) await summary.click();
    for (const name of await page
      .getByRole('img', { name: /^Map of/ })
      .locator('text')
      .all())
      await name.hover({ force: true });
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.locator('script').count()).toBe(2);
  });

  it('would run nothing even where a script came into it', async () => {
    const file = join(temporaryFolder('forged'), 'report.html');
    const text = readFileSync(new URL(address), 'utf8');
    writeFileSync(file, text.replace('<h1>', '<h1><svg onload="alert(1)"></svg><script>alert(2)</script>'));
    const page = await browser.open(pathToFileURL(file).href, { mayLog: /Content Security Policy/ });
    expect(await page.locator('h1 script').count()).toBe(1);
    expect(await names(page)).toContain('team/app');
  });
});
