import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, inject, onTestFailed, test } from 'vitest';
import { openBrowser } from './browser.ts';

const address = inject('address');
const password = process.env.E2E_PASSWORD ?? 'build-it-well';
const LENDER = 'lena@lender.example';
const BUILDER = 'bo@builder.example';

let browser: Browser;
let problems: string[];

beforeAll(async () => {
  browser = await openBrowser();
});

afterAll(async () => {
  await browser?.close();
});

beforeEach(() => {
  problems = [];
  onTestFailed(() => {
    process.stderr.write(`the browser reported: ${problems.join('\n') || 'nothing'}\n`);
  });
});

test('a wrong password is refused in words', async () => {
  const page = await open('/');
  await logIn(page, LENDER, 'not the password');
  await page.getByRole('alert').getByText('The address or the password is wrong.').waitFor();
  await page.context().close();
});

test('a lender finds a project, follows it, and makes a loan that appears in its activity', async () => {
  const page = await open('/');
  await logIn(page, LENDER);
  await page.getByRole('heading', { name: 'Projects' }).waitFor();
  await page.getByRole('article').nth(5).waitFor();

  await page.getByRole('link', { name: 'active' }).click();
  await page.waitForURL(/status=active/);
  await page.getByRole('article').getByRole('link').first().click();
  await page.getByRole('heading', { name: 'Loans' }).waitFor();
  const lent = `$${(1_000 + Math.floor(Math.random() * 900_000)).toLocaleString('en-US')}`;
  await page.getByText('Make a loan').click();
  await page.getByLabel('Amount in dollars').fill(lent.replaceAll(/[$,]/g, ''));
  await page.getByRole('button', { name: 'Lend', exact: true }).click();
  await page.getByRole('cell', { name: lent }).waitFor();
  await page.getByRole('complementary').getByText(`lent ${lent}`).waitFor();
  await page.getByRole('button', { name: 'Following' }).waitFor();
  expect(problems).toEqual([]);
  await page.context().close();
});

test('a builder uploads a document, gets it back, and others see it live', async () => {
  const watching = await open('/');
  await logIn(watching, BUILDER);
  await watching.getByText('Live', { exact: true }).waitFor();

  const page = await open('/');
  await logIn(page, BUILDER);
  await page.getByRole('article').getByRole('link').first().click();
  const name = `browser-test-${Date.now()}.txt`;
  const bytes = Buffer.from('the plan of the house');
  await page.getByLabel('Upload a document').setInputFiles({ name, mimeType: 'text/plain', buffer: bytes });

  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: `Download ${name}` }).click();
  expect(await readFile(await (await download).path())).toEqual(bytes);
  await watching.getByText(`uploaded “${name}”`).waitFor();
  expect(problems).toEqual([]);
  await page.context().close();
  await watching.context().close();
});

test('the footer tells the release that is served, on every page', async () => {
  const { release, version } = await (await fetch(`${address}/version.json`)).json();
  const page = await open('/projects/nothing-here/at-all');
  await logIn(page, LENDER);
  await page.getByRole('heading', { name: 'There is no such page' }).waitFor();
  await page
    .getByRole('contentinfo')
    .getByText(release ? `release ${release}` : version)
    .waitFor();
  await page.context().close();
});

async function open(path: string): Promise<Page> {
  const context = await browser.newContext({ baseURL: address });
  const page = await context.newPage();
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  await page.goto(path);
  return page;
}

async function logIn(page: Page, email: string, word = password): Promise<void> {
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password').fill(word);
  await page.getByRole('button', { name: 'Log in' }).click();
}
