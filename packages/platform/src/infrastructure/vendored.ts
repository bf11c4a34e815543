import { readdir, readFile } from 'node:fs/promises';
import { join, posix, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Place, RenderedFile } from './renderer.ts';

/** Plumbline's own folder: it has by hand what every app needs and what says nothing of any. */
export const plumblineFolder = fileURLToPath(new URL('../../../../', import.meta.url));

/** Written by hand for all apps, as they are. */
const sameForAll = ['terraform/modules', 'terraform/bootstrap'] as const;

/** Of each environment the same: its values are in files that are rendered. */
const template = 'terraform/environments/production';

/** Tests have inputs of an app, backends and values are rendered, and what begins with a dot is a tool's own. */
const isCopied = (path: string): boolean =>
  /\.(tf|md|hcl|json|yaml|tftpl)$/.test(path) &&
  !/(^|\/)(tests|mocks|\.terraform)\//.test(path) &&
  !/(^|\/)backend\.tf$|\.auto\.tfvars\.json$|\.tftest\.hcl$|\.tfmock\.hcl$/.test(path);

/**
 * What an app's folder has to have of Plumbline's own: Terraform's modules, and a root for each environment. Nothing for
 * Plumbline's own folder, which has them by hand.
 */
export const vendoredFor = async (
  directory: string,
  places: readonly Place[],
  from: string = plumblineFolder,
): Promise<readonly RenderedFile[]> => {
  if (relative(directory, from) === '') return [];
  const modules = (await Promise.all(sameForAll.map((folder) => filesIn(from, folder)))).flat();
  const root = await filesIn(from, template);
  return [
    ...modules,
    ...places.flatMap(({ names }) =>
      root.map(({ path, content }) => ({
        path: posix.join('terraform/environments', names.folder, posix.relative(template, path)),
        content,
      })),
    ),
  ];
};

const filesIn = async (from: string, folder: string): Promise<readonly RenderedFile[]> => {
  const entries = await entriesOf(join(from, folder));
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(from, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter(isCopied);
  return Promise.all(paths.sort().map(async (path) => ({ path, content: await readFile(join(from, path), 'utf8') })));
};

const entriesOf = async (folder: string) => {
  try {
    return await readdir(folder, { recursive: true, withFileTypes: true });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
};
