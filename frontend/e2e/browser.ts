import { existsSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import chromiumPackage from '@sparticuz/chromium';
import { type Browser, chromium } from 'playwright-core';

const USUAL_PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The Chromium of CHROMIUM_PATH, or one that this machine has, or the one that npm brought. */
export async function openBrowser(): Promise<Browser> {
  const installed = process.env.CHROMIUM_PATH ?? USUAL_PLACES.find(existsSync);
  if (installed) return launch(installed);
  const folder = await mkdtemp(join(tmpdir(), 'connect2-chromium-'));
  const browser = await launch(await unpackInto(folder));
  browser.on('disconnected', () => rmSync(folder, { recursive: true, force: true }));
  return browser;
}

// Not the arguments that the package proposes: its --single-process, meant for AWS Lambda, dies with the first page that is closed.
const launch = (executablePath: string) => chromium.launch({ executablePath, args: ['--no-sandbox'] });

/**
 * The package unpacks to the folder for temporary files, and takes what lies there already: a file that another user owns,
 * or that another run is still writing. So each run has a folder of its own.
 */
async function unpackInto(folder: string): Promise<string> {
  const { TMPDIR } = process.env;
  process.env.TMPDIR = folder;
  try {
    return await chromiumPackage.executablePath();
  } finally {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
  }
}
