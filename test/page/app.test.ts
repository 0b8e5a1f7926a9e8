/** The page of `serve` in a real browser, over the shipped program and a copy of the fixture. */
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Digest } from '../../src/layout/digest.ts';
import { formatBytes } from '../../src/report/format.ts';
import type { SweepResult } from '../../src/report/model-sweep.ts';
import {
  expectNoSeriousFindings,
  hasBrowser,
  sidewaysScroll,
  useBrowser,
  type PageOptions,
} from '../support/browser.ts';
import { copyFixture } from '../support/fixture.ts';
import {
  BROKEN_REPOSITORY,
  HOSTILE_REPOSITORY,
  HOSTILE_TAG,
  LEGAL_TAG,
  pushHostile,
  SCRIPT,
} from '../support/hostile-repository.ts';
import { servePage, type ServedPage } from '../support/served-page.ts';
import { runHere } from '../support/source-program.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { createTree } from '../support/tree.ts';
import { lostBetween, wholeOf } from '../support/whole.ts';

const NO_AGE = ['--min-age', '0', '--max-delete-percent', '100'] as const;

describe.skipIf(!hasBrowser())('the page', () => {
  const browser = useBrowser();
  let root: string;
  let served: ServedPage;
  let held: Digest;
  const cache = temporaryFolder('cache');
  const otherCache = temporaryFolder('cache');

  beforeAll(async () => {
    root = await copyFixture();
    const tree = createTree(root);
    pushHostile(tree);
    held = tree.putBlob(Buffer.from('held'));
    tree.linkLayer(BROKEN_REPOSITORY, held);
    served = await servePage(root, cache, ['--allow-sweep', '--registry-stopped', ...NO_AGE]);
  });
  afterAll(async () => {
    expect(await served.stop()).toBe(0);
  });

  async function open(query: string, options?: PageOptions): Promise<Page> {
    const page = await browser.open(served.at(query), options);
    await settled(page);
    return page;
  }

  it('leads from the overview to an image and all that it is made of, and back', async () => {
    const page = await open('');
    await page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: 'Repositories' }).click();
    await page.getByRole('link', { name: 'multi', exact: true }).click();
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('multi');
    expect(await page.title()).toBe('multi · regsweep');
    expect(await page.evaluate('document.activeElement.tagName')).toBe('H1');
    await page.getByRole('table', { name: /tag/ }).first().getByRole('link').first().click();
    const platforms = page.getByRole('table', { name: 'Manifests that this one names.' });
    await platforms.getByText('linux/arm64').waitFor();
    await platforms
      .getByRole('row', { name: /linux\/arm64/ })
      .getByRole('link')
      .click();
    await page.getByRole('heading', { name: 'Config and layers' }).waitFor();
    await page.getByRole('heading', { name: 'Labels' }).waitFor();
    await page.getByText(/^Kept by tag multi:2\.0, through index/).waitFor();
    await page.goBack();
    await page.goBack();
    await page.goBack();
    await page.getByRole('heading', { level: 1, name: 'Repositories' }).waitFor();
  });

  it('opens the map part by part, down to a repository', async () => {
    const page = await open('');
    await clickAt(page, page.locator('.chart svg text', { hasText: /^shop/ }).first());
    await page.getByRole('navigation', { name: 'Part of the volume' }).getByText('shop').waitFor();
    expect(new URL(page.url()).searchParams.get('at')).toBe('shop');
    await clickAt(page, page.locator('.chart svg text', { hasText: /^web/ }).first());
    await page.getByRole('heading', { level: 1, name: 'shop/web' }).waitFor();
  });

  it('sorts and filters repositories, and its address brings both back', async () => {
    const page = await open('view=repositories');
    const head = page.getByRole('columnheader', { name: 'Revisions' });
    await head.getByRole('button').click();
    await settled(page);
    expect(await head.getAttribute('aria-sort')).toBe('descending');
    const names = page.getByRole('rowheader');
    expect(await names.first().textContent()).toMatch(/^(?:multi|nightly)$/);
    await head.getByRole('button').click();
    await page.getByLabel('Show those whose name holds').fill('shop');
    await page.waitForURL(/search=shop/);
    await settled(page);
    expect(await names.allTextContents()).toEqual(['shop/api', 'shop/web', 'shop/worker']);
    await page.reload();
    await settled(page);
    expect(await names.allTextContents()).toEqual(['shop/api', 'shop/web', 'shop/worker']);
    expect(await head.getAttribute('aria-sort')).toBe('ascending');
  });

  it('finds names, tags and digests by their beginnings', async () => {
    const page = await open('');
    const search = async (text: string): Promise<void> => {
      await page.getByRole('searchbox', { name: 'Search by name, tag or digest' }).fill(text);
      await page.keyboard.press('Enter');
      await page.waitForURL((url) => url.searchParams.get('q') === text);
      await settled(page);
    };
    await search('nightly');
    await page.getByRole('link', { name: 'nightly', exact: true }).waitFor();
    await search('1.4.2');
    await page.getByRole('link', { name: 'team/app:1.4.2' }).click();
    const digest = (await page.locator('dd code').first().textContent()) ?? '';
    await search(digest.slice(0, 'sha256:'.length + 10));
    await page.getByRole('link', { name: digest }).click();
    await page.getByText('Kept by tag team/app:1.4.2.').waitFor();
  });

  it('tells what two tags that share layers free together, as rm does, and gives a plan that sweep takes', async () => {
    const page = await open('view=repository&name=app');
    const tray = page.getByRole('region', { name: 'What is chosen' });
    await page.getByRole('checkbox', { name: 'Choose 1.0', exact: true }).check();
    await tray.getByText('1 tag chosen.').waitFor();
    await settled(page);
    const one = await removal(root, 'app:1.0');
    expect(await tray.getByRole('status').first().textContent()).toContain(formatBytes(one.plan.total.bytes));
    await page.getByRole('checkbox', { name: 'Choose stable', exact: true }).check();
    await page.getByText('2 tags chosen.').waitFor();
    await settled(page);
    const both = await removal(root, 'app:1.0', 'app:stable');
    expect(both.plan.blobs.count).toBeGreaterThan(one.plan.blobs.count);
    expect(await tray.getByRole('status').first().textContent()).toContain(
      `${formatBytes(both.plan.total.bytes)} go, ${formatBytes(both.plan.total.diskBytes ?? NaN)} on disk.`,
    );

    await page.getByRole('link', { name: 'Overview' }).click();
    const coming = page.waitForEvent('download');
    await tray.getByRole('button', { name: 'Download plan' }).click();
    const file = join(temporaryFolder('plan'), 'plan.ndjson');
    await (await coming).saveAs(file);
    const taken = await sweepOf('sweep', root, '--plan', file, ...NO_AGE.slice(2));
    expect(taken.plan.actions).toBe(both.plan.actions);
    expect(taken.plan.total).toEqual(both.plan.total);
    await page.reload();
    await page.getByText('2 tags chosen.').waitFor();
  });

  it('says of what nothing keeps whether a sweep leaves it all the same', async () => {
    const page = await open(`view=why&reference=${held}`);
    await page.getByText('held: damaged').waitFor();
    expect(await page.getByText('would go').count()).toBe(0);
  });

  it('shows what a policy would do while it is written, and where it is wrong', async () => {
    const page = await open('view=policy');
    const field = page.getByRole('textbox', { name: /Which tags stay/ });
    await field.fill("policies:\n  - repositories: ['nope']\n    keepTagz: []\n");
    await page.getByText(/^3:5/).waitFor();
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    await field.fill("policies:\n  - repositories: ['app']\n    keepTags:\n      - patterns: ['1\\.0']\n");
    const decided = page.getByRole('table', { name: /would go/ });
    await decided.getByRole('row', { name: /app:0\.9 going/ }).waitFor();
    await decided.getByRole('row', { name: /app:1\.0 kept/ }).waitFor();
  });

  it('shows as text whatever a pusher wrote', async () => {
    const page = await open(`view=manifest&repository=${HOSTILE_REPOSITORY}&reference=:${LEGAL_TAG}`);
    const text = await page.getByRole('main').innerText();
    for (const part of ['Created', 'Author', 'Labels', 'Environment', 'How it was built']) expect(text).toContain(part);
    expect(text.split(SCRIPT).length).toBeGreaterThan(8);
    for (const view of [`view=repository&name=${HOSTILE_REPOSITORY}`, 'view=damage', 'view=repositories', '']) {
      await page.goto(served.at(view));
      await settled(page);
      expect(await page.locator('main img, main script, a[href^="javascript:"]').count()).toBe(0);
    }
    await page.goto(served.at(`view=repository&name=${HOSTILE_REPOSITORY}`));
    await page.getByRole('link', { name: HOSTILE_TAG }).click();
    await page.getByRole('heading', { level: 1, name: `${HOSTILE_REPOSITORY}:${HOSTILE_TAG}` }).waitFor();
  });

  it('lets one choose and look at the consequence by the keyboard alone', async () => {
    const page = await open('view=repository&name=nightly');
    await page.keyboard.press('Tab');
    expect(await focusedText(page)).toBe('To the content');
    await page.keyboard.press('Enter');
    await tabTo(page, 'Choose latest');
    await page.keyboard.press('Space');
    await page.getByText('1 tag chosen.').waitFor();
    await settled(page);
    await tabTo(page, 'Details');
    await page.keyboard.press('Enter');
    await tabTo(page, 'Apply…');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Carry out this plan' }).waitFor();
    await page.keyboard.type('delete everything');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('nothing was done').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await focusedText(page)).toBe('Apply…');
  });

  it('says what went wrong and what to do, instead of nothing', async () => {
    const page = await open('view=repository&name=nowhere', { mayLog: /404/ });
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').textContent()).toMatch(/nowhere|no repository/);
  });

  it('says when it has lost the server, and finds it again by itself', async () => {
    const page = await open('view=repositories', { mayLog: /ERR_FAILED/ });
    await page.route('**/api/{events,state}', (route) => route.abort());
    await page.reload();
    await page.getByText(/^Not connected: the server does not answer/).waitFor();
    await page.unroute('**/api/{events,state}');
    await page.getByRole('link', { name: 'nightly' }).waitFor();
    expect(await page.getByText('Not connected').count()).toBe(0);
  });

  const VIEWS = [
    'view=overview',
    'view=repositories',
    'view=repository&name=nightly',
    'view=manifest&repository=multi&reference=:2.0',
    `view=manifest&repository=${HOSTILE_REPOSITORY}&reference=:${LEGAL_TAG}`,
    'view=why&reference=app:1.0',
    'view=search&q=app',
    'view=damage',
    'view=policy',
    'view=runs',
  ];

  it('has no serious finding in an audit, by day and by night, and fits a phone', async () => {
    const page = await open('view=repository&name=app');
    await page.getByRole('checkbox', { name: 'Choose 0.9', exact: true }).check();
    for (const view of VIEWS) {
      await page.goto(served.at(view));
      await settled(page);
      await expectNoSeriousFindings(page);
      await page.emulateMedia({ colorScheme: 'dark' });
      await expectNoSeriousFindings(page);
      await page.emulateMedia({ colorScheme: 'light' });
      await page.setViewportSize({ width: 390, height: 844 });
      expect([view, await sidewaysScroll(page)]).toEqual([view, 0]);
      await page.setViewportSize({ width: 1280, height: 900 });
    }
  });

  it('carries a choice out after a typed confirmation, tells how it went, and takes it back', async () => {
    const before = wholeOf(root);
    const page = await open('view=repository&name=shop/web');
    await page.getByRole('checkbox', { name: 'Choose all that are shown' }).first().check();
    await page.getByRole('button', { name: 'Apply…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Carry out this plan' });
    const phrase = (await dialog.locator('label code').textContent()) ?? '';
    expect(phrase).toMatch(/^delete \d+$/);
    await dialog.getByRole('textbox').fill(phrase);
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await dialog.getByText(/^Sweep done\. .* of content went\. Run /).waitFor();
    expect(wholeOf(root).tags.has('shop/web:3.1')).toBe(false);
    expect(lostBetween(before, wholeOf(root), ['shop/web:3.1'])).toEqual([]);
    await dialog.getByRole('link', { name: 'Look at the runs' }).click();
    await page.getByRole('button', { name: /^Restore run/ }).waitFor();

    await page.getByRole('button', { name: /^Restore run/ }).click();
    const back = page.getByRole('dialog', { name: 'Restore a run' });
    await back.getByRole('textbox').fill((await back.locator('label code').textContent()) ?? '');
    await back.getByRole('button', { name: 'Restore' }).click();
    await back.getByText(/^Restore done\./).waitFor();
    await back.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('cell', { name: 'restored' }).waitFor();
    expect(lostBetween(before, wholeOf(root))).toEqual([]);
    await page.goto(served.at('view=repository&name=shop/web'));
    await page.getByRole('checkbox', { name: /^Choose \d/ }).waitFor();
  });

  /** What `rm` says of these references. */
  function removal(of: string, ...references: readonly string[]): Promise<SweepResult> {
    return sweepOf('rm', of, ...references, ...NO_AGE);
  }

  async function sweepOf(command: string, of: string, ...argv: readonly string[]): Promise<SweepResult> {
    const { status, stdout, stderr } = await runHere([command, of, ...argv, '--json'], otherCache);
    expect([status, stderr]).toEqual([0, expect.any(String)]);
    return JSON.parse(stdout) as SweepResult;
  }
});

/** Waits until nothing is asked any more. */
async function settled(page: Page): Promise<void> {
  await page.locator('main').waitFor();
  // Not by a function that the page itself asks again and again: its policy forbids that.
  await expect.poll(() => page.locator('.app-waiting, [aria-busy=true]').count(), { timeout: 20_000 }).toBe(0);
}

function focusedText(page: Page): Promise<string> {
  return page.evaluate<string>(
    "document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent",
  );
}

/** Clicks where it stands, whatever lies over it there: a chart is one picture. */
async function clickAt(page: Page, target: Locator): Promise<void> {
  await target.scrollIntoViewIfNeeded();
  const box = await target.boundingBox();
  if (box === null) throw new Error('it is not to be seen');
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
}

/** Presses Tab until what is named so has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let step = 0; step < 80; step++) {
    if ((await focusedText(page)) === name) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not lead to ${name}`);
}
