import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { WorkflowFile } from './check-workflows.ts';

const folder = '.github/workflows';

/** The workflows of an app's folder; none where there is no such folder. */
export const readWorkflowFiles = async (directory: string): Promise<readonly WorkflowFile[]> => {
  const names = await readdir(path.join(directory, folder)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const workflows = names.filter((name) => /\.ya?ml$/.test(name)).sort();
  return Promise.all(
    workflows.map(async (name) => ({
      file: `${folder}/${name}`,
      text: await readFile(path.join(directory, folder, name), 'utf8'),
    })),
  );
};
