/**
 * A real browser in tests: Debian's `chromium`, driven by playwright-core. Where it is not installed, tests that need it are
 * left out and say so; in CI that is a failure. Every page is held to three things when its test ends: it logged no
 * error, threw none, and asked for nothing but what comes from where it was opened.
 */
import axe from 'axe-core';
import { chromium, type Browser, type BrowserContext, type ConsoleMessage, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { areInstalled, pathOf } from './installed.ts';

const CHROMIUM = 'chromium';

/** What keeps it from reaching out by itself, and lets it run in a container. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--font-render-hinting=none',
];

/** Milliseconds that a page has for whatever a test waits for. */
const PATIENCE = 20_000;

export interface PageOptions {
  readonly width?: number;
  readonly height?: number;
  readonly colorScheme?: 'light' | 'dark';
  /** False: as if it had no scripts. */
  readonly javaScript?: boolean;
  readonly reducedMotion?: boolean;
  /** What it may log as an error, as a pattern: only where a test is about a failure. */
  readonly mayLog?: RegExp;
}

export interface TestBrowser {
  /** Opens an address (`file:` or `http:`) in a profile of its own, which ends with the test. */
  readonly open: (address: string, options?: PageOptions) => Promise<Page>;
}

/** Whether there is a browser: `describe.skipIf(!hasBrowser())(…)`. Where `CI` is set, a missing one throws instead. */
export function hasBrowser(): boolean {
  return areInstalled([CHROMIUM], 'tests in a browser');
}

/** Starts the browser. Whoever calls it closes it. */
export async function startBrowser(): Promise<Browser> {
  const executablePath = pathOf(CHROMIUM);
  if (executablePath === undefined) throw new Error(`not installed: ${CHROMIUM}`);
  return chromium.launch({ executablePath, args: FLAGS });
}

/** One browser for the tests of the `describe` that calls this; it starts with them and ends with them. */
export function useBrowser(): TestBrowser {
  let browser: Browser | undefined;
  const opened: { readonly context: BrowserContext; readonly complaints: string[] }[] = [];
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterEach(async () => {
    const all = opened.splice(0);
    await Promise.all(all.map(({ context }) => context.close()));
    expect(all.flatMap(({ complaints }) => complaints)).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
  });
  return {
    open: async (address, options = {}) => {
      if (browser === undefined) throw new Error('the browser only runs while tests do');
      const context = await contextOf(browser, options);
      const complaints: string[] = [];
      opened.push({ context, complaints });
      const page = await context.newPage();
      watch(page, address, complaints, options);
      await page.goto(address);
      return page;
    },
  };
}

/** A profile of its own with nothing in it. */
export async function contextOf(browser: Browser, options: PageOptions = {}): Promise<BrowserContext> {
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1280, height: options.height ?? 900 },
    colorScheme: options.colorScheme ?? 'light',
    javaScriptEnabled: options.javaScript ?? true,
    reducedMotion: options.reducedMotion === false ? 'no-preference' : 'reduce',
    locale: 'en-GB',
    timezoneId: 'UTC',
    acceptDownloads: true,
  });
  context.setDefaultTimeout(PATIENCE);
  return context;
}

/** Collects what speaks against a page: errors that it logs or throws, dialogs, and requests for anything from elsewhere. */
function watch(page: Page, address: string, complaints: string[], { mayLog }: PageOptions): void {
  page.on('console', (message: ConsoleMessage) => {
    if (message.type() !== 'error' || mayLog?.test(message.text()) === true) return;
    complaints.push(`logged: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`threw: ${error.message}`));
  page.on('request', (request) => {
    if (!isFromThere(request.url(), address)) complaints.push(`asked for ${request.url()}`);
  });
  // Nothing of ours opens one: it would be a script of somebody else's.
  page.on('dialog', (dialog) => {
    complaints.push(`said: ${dialog.message()}`);
    void dialog.dismiss();
  });
}

/** A file may ask for itself alone, a server's page for whatever is of the same origin. */
function isFromThere(url: string, address: string): boolean {
  if (/^(?:blob|data|about):/.test(url)) return true;
  const [asked, opened] = [new URL(url), new URL(address)];
  if (opened.protocol === 'file:') return asked.protocol === 'file:' && asked.pathname === opened.pathname;
  return asked.origin === opened.origin;
}

interface AxeFinding {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** What an audit of accessibility by axe-core calls serious or critical, of the page as it stands. */
export async function seriousFindings(page: Page): Promise<readonly AxeFinding[]> {
  // By the debugger, not as an element: the page's policy lets no other script in.
  await page.evaluate(axe.source);
  const findings = await page.evaluate<readonly AxeFinding[]>(
    "axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations)",
  );
  return findings.filter(({ impact }) => impact === 'serious' || impact === 'critical');
}

/** Fails where there are serious findings, and shows the first places of each. */
export async function expectNoSeriousFindings(page: Page): Promise<void> {
  const shown = (await seriousFindings(page)).map(({ id, nodes }) => ({
    id,
    places: nodes.slice(0, 5).map(({ html, failureSummary }) => ({ html, failureSummary })),
  }));
  expect(shown).toEqual([]);
}

/** How far the page can be moved sideways, in pixels: 0 where it fits. */
export async function sidewaysScroll(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}
