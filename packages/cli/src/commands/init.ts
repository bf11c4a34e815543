import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Failure } from '@plumbline/contract/failure';
import type { Initial } from '@plumbline/platform/environments/initial';
import { execa } from 'execa';
import { defineCommand, exitCodes } from '../command.ts';
import { askForRest } from '../init/ask.ts';
import { initArgs, saidIn } from '../init/said.ts';

export const init = defineCommand({
  meta: {
    name: 'init',
    description: 'Describe the app of a folder with a package.json: plumbline.yaml and environments/*.yaml',
    example: 'plumb init --domain shop.example --repository somebody/shop --yes',
  },
  args: initArgs,
  async run(context) {
    const { args, surroundings, terminal, signal } = context;
    const folder = resolve(surroundings.cwd, args.directory ?? '.');
    await refuseSecond(folder);
    const said = saidIn(args);
    const known: Initial = { ...(await guessOf(folder)), ...said };
    const isAsked = terminal.isInteractive && !args.yes && !args.json;
    const initial = isAsked ? await askForRest(known, said, terminal, signal) : known;
    const written = await writeAll(folder, initial);
    if (args.json) terminal.json({ files: written });
    else for (const line of linesFor(written)) terminal.print(line);
    return exitCodes.done;
  },
});

const describedFile = 'plumbline.yaml';

const refuseSecond = async (folder: string): Promise<void> => {
  if ((await textOf(folder, describedFile)) === undefined) return;
  throw new Failure('bad-input', `${folder} has a plumbline.yaml already`, {
    hint: 'change it by hand: docs/description.md shows every key, and `plumb check` reads it',
  });
};

const guessOf = async (folder: string): Promise<Initial> => {
  const { guess } = await import('@plumbline/platform/environments/initial');
  const text = await textOf(folder, 'package.json');
  if (text === undefined)
    throw new Failure('not-found', `there is no package.json in ${folder}`, {
      hint: 'call plumb init in the folder of the app, or write plumbline.yaml by hand: docs/description.md',
    });
  // Without git, a repository or a remote there is nothing to guess from.
  const remote = await execa('git', ['-C', folder, 'remote', 'get-url', 'origin'], { reject: false });
  try {
    return guess(text, folder, remote.stdout ?? '');
  } catch (cause) {
    throw new Failure('bad-input', `package.json in ${folder} cannot be read: it is no JSON of npm's`, { cause });
  }
};

/** All files or, where one of them would be wrong, none. */
const writeAll = async (folder: string, initial: Initial): Promise<readonly string[]> => {
  const { initialFiles } = await import('@plumbline/platform/environments/initial-files');
  const { loadDescription } = await import('@plumbline/platform/environments/read');
  const files = initialFiles(initial);
  const texts = new Map(files.map(({ path, content }) => [path, content]));
  await loadDescription({
    where: folder,
    read: async (file) => texts.get(file),
    list: async (inside) =>
      [...texts.keys()].filter((path) => dirname(path) === inside).map((path) => path.slice(inside.length + 1)),
  });
  for (const { path, content } of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content, { flag: 'wx' }).catch(refuseOverwriting(path));
  }
  return files.map(({ path }) => path);
};

const refuseOverwriting =
  (path: string) =>
  (error: NodeJS.ErrnoException): never => {
    if (error.code !== 'EEXIST') throw error;
    throw new Failure('bad-input', `${path} is there already, and is not overwritten`, { hint: 'move it away first' });
  };

const textOf = async (folder: string, file: string): Promise<string | undefined> => {
  try {
    return await readFile(join(folder, file), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new Failure('data-unreadable', `${file} cannot be read: ${error}`, { cause: error });
  }
};

const linesFor = (written: readonly string[]): readonly string[] => [
  ...written,
  'plumb check says what is missing, npm start or plumb start delivers it here, plumb render writes what the cloud needs',
];
