import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '@plumbline/contract/failure';
import { z } from 'zod';
import { renderedList } from './render.ts';
import type { RenderedFile } from './renderer.ts';

/** What is to be done to a file so that it is as the description says. */
export interface Difference {
  readonly path: string;
  readonly kind: 'new' | 'changed' | 'gone';
  /** What lies there; empty for a new one. */
  readonly before: string;
  /** What should; empty for one that is gone from the description. */
  readonly after: string;
}

/**
 * What differs between the app's folder and what was rendered. `isWhole`: all environments were, so that a file of the last
 * list which is not among them is gone.
 */
export const compare = async (
  directory: string,
  rendered: readonly RenderedFile[],
  isWhole: boolean,
): Promise<readonly Difference[]> => {
  const present = await Promise.all(
    rendered.map(async ({ path, content: after }) => ({ path, after, before: await textOf(directory, path) })),
  );
  const changed = present.flatMap(({ path, before, after }): readonly Difference[] => {
    if (before === undefined) return [{ path, kind: 'new', before: '', after }];
    return before === after ? [] : [{ path, kind: 'changed', before, after }];
  });
  return isWhole ? [...changed, ...(await gone(directory, rendered))] : changed;
};

const gone = async (directory: string, rendered: readonly RenderedFile[]): Promise<readonly Difference[]> => {
  const paths = new Set(rendered.map(({ path }) => path));
  const before = (await listedIn(directory)).filter((path) => !paths.has(path));
  const found = await Promise.all(before.map(async (path) => ({ path, before: await textOf(directory, path) })));
  return found.flatMap(({ path, before: text }) =>
    text === undefined ? [] : [{ path, kind: 'gone' as const, before: text, after: '' }],
  );
};

/** Paths of the list, which anybody may have edited: none that leads out of the app's folder. */
const listed = z.array(z.string().regex(/^(?!\/)(?!.*(^|\/)\.\.(\/|$)).+$/, 'must stay inside the folder'));

const listedIn = async (directory: string): Promise<readonly string[]> => {
  const text = await textOf(directory, renderedList);
  if (text === undefined) return [];
  const paths = listed.safeParse(jsonOf(text));
  if (paths.success) return paths.data;
  throw new Failure('data-unreadable', `${renderedList} is no list of rendered files`, {
    hint: `remove ${renderedList}, and \`plumb render\` writes it anew`,
  });
};

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const textOf = async (directory: string, path: string): Promise<string | undefined> => {
  try {
    return await readFile(join(directory, path), 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new Failure('data-unreadable', `${path} cannot be read: ${error}`, { cause: error });
  }
};
