/** The browser that other tests use: what it holds a page to, and that it finds what it should. */
import { pathToFileURL } from 'node:url';
import { describe, expect, it, test, vi } from 'vitest';
import { expectNoSeriousFindings, hasBrowser, seriousFindings, sidewaysScroll, useBrowser } from './browser.ts';
import { temporaryFile, temporaryFolder } from './temporary.ts';

const HEAD = '<!doctype html><html lang="en"><meta charset="utf-8"><title>t</title>';

function pageOf(body: string): string {
  return pathToFileURL(temporaryFile('page.html', `${HEAD}<main><h1>A page</h1>${body}</main></html>`)).href;
}

test('a missing browser throws in CI, and elsewhere leaves its tests out', () => {
  vi.stubEnv('PATH', temporaryFolder('path'));
  vi.stubEnv('CI', 'true');
  expect(() => hasBrowser()).toThrow(/chromium/);
  vi.stubEnv('CI', '');
  const warning = vi.spyOn(console, 'warn').mockReturnValue();
  expect(hasBrowser()).toBe(false);
  expect(warning).toHaveBeenCalledWith(expect.stringContaining('left out'));
  warning.mockRestore();
  vi.unstubAllEnvs();
});

describe.skipIf(!hasBrowser())('a page in the browser', () => {
  const browser = useBrowser();

  it('that is in order passes', async () => {
    const page = await browser.open(pageOf('<p>fine</p>'));
    await expectNoSeriousFindings(page);
    expect(await sidewaysScroll(page)).toBe(0);
  });

  it('with a picture without a text, and letters that cannot be told from their ground, fails the audit', async () => {
    const page = await browser.open(
      pageOf('<div role="img"></div><p style="color:#ccc;background:#ddd">hard to read</p>'),
    );
    expect((await seriousFindings(page)).map(({ id }) => id).sort()).toEqual(['color-contrast', 'role-img-alt']);
    await expect(expectNoSeriousFindings(page)).rejects.toThrow();
  });

  it('that is too wide can be moved sideways', async () => {
    const page = await browser.open(pageOf('<div style="width:2000px">wide</div>'), { width: 390 });
    expect(await sidewaysScroll(page)).toBeGreaterThan(1000);
  });

  it.fails('that logs an error fails its test', async () => {
    await browser.open(pageOf('<script>console.error("broken")</script>'));
  });

  it.fails('that throws fails its test', async () => {
    await browser.open(pageOf('<script>throw new Error("broken")</script>'));
  });

  it.fails('that asks for something from elsewhere fails its test', async () => {
    await browser.open(pageOf('<img alt="" src="http://127.0.0.1:9/away.png">'), { mayLog: /./ });
  });
});
