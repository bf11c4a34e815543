import { readFileSync } from 'node:fs';
import { z } from 'zod';

const build = z.object({ commit: z.string().nullable(), stamp: z.string().nullable() });

/** What the build wrote down about itself; sources that run without a build have nothing to tell. */
export type Build = z.infer<typeof build>;

export function readBuild(file = new URL('../build.json', import.meta.url)): Build {
  try {
    return build.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    if (isMissing(error)) return { commit: null, stamp: null };
    throw error;
  }
}

const isMissing = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'ENOENT';
