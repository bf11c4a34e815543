import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export const portFile = 'control-port';

/** Writes a file for its owner alone, so that a reader meets the old content or the new, never a part. */
export const writeWhole = async (path: string, content: string): Promise<void> => {
  const draft = `${path}.${process.pid}.new`;
  await writeFile(draft, content, { mode: 0o600 });
  await rename(draft, path);
};

/** The port of last time; null when there was none, or what is written is no port. */
export const readRememberedPort = async (home: string): Promise<number | null> => {
  const text = await readFile(join(home, portFile), 'utf8').catch((error) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const port = Number(text);
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : null;
};
