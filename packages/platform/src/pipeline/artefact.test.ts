import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmod,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  readlink,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { digest } from '@plumbline/contract/names';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { artefactFile, keepArtefact, unpackArtefact, unpackedFolder } from './artefact.ts';
import { asDiskFull, needSpace, saysDiskFull } from './disk-space.ts';
import { removeReadOnly } from './read-only.ts';

const run = promisify(execFile);

let root: string;
let home: string;
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'plumb-artefact-'));
  home = path.join(root, 'home');
});
afterEach(() => removeReadOnly(root));

const built = async (name: string, files: Readonly<Record<string, string>>): Promise<string> => {
  const folder = path.join(root, name);
  for (const [file, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await writeFile(path.join(folder, file), text);
  }
  return folder;
};

const deep = `${'a-rather-long-name/'.repeat(20)}end.txt`;

test('the same content is the same artefact, whatever its time, order, modes and place', async () => {
  const one = await built('one', { 'b.txt': 'b', 'a.txt': 'a', [deep]: 'deep', 'ünï.txt': 'u' });
  const two = await built('two', { [deep]: 'deep', 'ünï.txt': 'u', 'a.txt': 'a', 'b.txt': 'b' });
  await utimes(path.join(two, 'a.txt'), 1, 1);
  await chmod(path.join(two, 'a.txt'), 0o600);
  await chmod(two, 0o700);
  const kept = await keepArtefact(home, one, ['.']);
  expect(await keepArtefact(path.join(root, 'elsewhere'), two, ['.'])).toEqual(kept);
  expect(await readdir(path.join(home, 'artefacts'))).toEqual([path.basename(artefactFile(home, kept.digest))]);
});

test("its digest is that of the tar, which any tar reads: all in app/, nobody's, at no time", async () => {
  const folder = await built('one', { 'run.sh': '#!', [deep]: 'deep' });
  await chmod(path.join(folder, 'run.sh'), 0o700);
  await symlink('run.sh', path.join(folder, 'link'));
  const { digest: kept } = await keepArtefact(home, folder, ['.']);
  const file = artefactFile(home, kept);
  expect(
    `sha256:${createHash('sha256')
      .update(await readFile(file))
      .digest('hex')}`,
  ).toBe(kept);
  const { stdout } = await run('tar', ['--utc', '-tvf', file]);
  const lines = stdout.trim().split('\n');
  expect(lines.every((line) => / 0\/0 .* 1970-01-01 00:00 app\//.test(line))).toBe(true);
  expect(lines).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^-rwxr-xr-x .*app\/run.sh$/),
      expect.stringMatching(/app\/link -> run.sh$/),
      expect.stringContaining(deep),
    ]),
  );
});

test('another content, name or program bit is another artefact', async () => {
  const variants = [{ a: '1' }, { a: '2' }, { b: '1' }].map((files, index) => built(`v${index}`, files));
  const program = await built('program', { a: '1' });
  await chmod(path.join(program, 'a'), 0o755);
  const digests = new Set<string>();
  for (const folder of [...(await Promise.all(variants)), program])
    digests.add((await keepArtefact(home, folder, ['.'])).digest);
  expect(digests.size).toBe(4);
});

test('it holds what is included, and neither git nor caches', async () => {
  const folder = await built('one', {
    'dist/main.js': 'x',
    'src/main.ts': 'x',
    '.git/HEAD': 'x',
    'node_modules/.cache/x': 'x',
    'node_modules/.package-lock.json': '{}',
    'node_modules/a/index.js': 'x',
  });
  const all = await unpackArtefact(home, (await keepArtefact(home, folder, ['.'])).digest);
  expect((await readdir(all, { recursive: true })).sort()).toEqual([
    'dist',
    'dist/main.js',
    'node_modules',
    'node_modules/a',
    'node_modules/a/index.js',
    'src',
    'src/main.ts',
  ]);
  const some = await unpackArtefact(home, (await keepArtefact(home, folder, ['dist/', 'node_modules/a'])).digest);
  expect((await readdir(some, { recursive: true })).sort()).toEqual([
    'dist',
    'dist/main.js',
    'node_modules',
    'node_modules/a',
    'node_modules/a/index.js',
  ]);
});

test('what is to be included has to be there', async () => {
  const folder = await built('one', { a: '1' });
  await expect(keepArtefact(home, folder, ['dist'])).rejects.toMatchObject({
    code: 'build-failed',
    message: '"dist" of "include" is not there after the build',
  });
});

test.each(['/etc/passwd', '../outside', 'in/../../outside'])('a link to %s is refused', async (target) => {
  const folder = await built('one', { 'in/a': '1' });
  await symlink(target, path.join(folder, 'link'));
  await expect(keepArtefact(home, folder, ['.'])).rejects.toMatchObject({
    code: 'build-failed',
    message: `the link link → ${target} leaves the artefact: where it runs, nothing would be there`,
  });
  expect(await readdir(path.join(root))).not.toContain('outside');
});

test('a socket or a pipe cannot be packed', async () => {
  const folder = await built('one', { a: '1' });
  await run('mkfifo', [path.join(folder, 'pipe')]);
  await expect(keepArtefact(home, folder, ['.'])).rejects.toMatchObject({
    message: expect.stringMatching(/^pipe is neither a file nor a folder/),
  });
});

test('it is unpacked once, whole and read-only', async () => {
  const folder = await built('one', { 'bin/run': '#!', 'lib/deep/x.txt': 'x' });
  await chmod(path.join(folder, 'bin/run'), 0o755);
  await symlink('../lib/deep', path.join(folder, 'bin/to'));
  const { digest: kept } = await keepArtefact(home, folder, ['.']);
  const places = await Promise.all([1, 2, 3, 4].map(() => unpackArtefact(home, kept)));
  expect(new Set(places)).toEqual(new Set([unpackedFolder(home, kept)]));
  const [place = ''] = places;
  expect(await readdir(path.dirname(place))).toEqual([path.basename(place)]);
  const mode = async (name: string) => (await stat(path.join(place, name))).mode & 0o777;
  expect([await mode('.'), await mode('lib/deep'), await mode('lib/deep/x.txt'), await mode('bin/run')]).toEqual([
    0o555, 0o555, 0o444, 0o555,
  ]);
  expect(await readlink(path.join(place, 'bin/to'))).toBe('../lib/deep');
});

test('what a killed process left half done is swept away and disturbs nobody', async () => {
  const folder = await built('one', { a: '1' });
  const gone = (await run(process.execPath, ['-p', 'process.pid'])).stdout.trim();
  const left = path.join(home, 'unpacked', `.unfinished-${gone}-abc`);
  await mkdir(path.join(left, 'inner'), { recursive: true });
  await chmod(left, 0o555);
  await mkdir(path.join(home, 'artefacts'), { recursive: true });
  await writeFile(path.join(home, 'artefacts', `.unfinished-${gone}-abc`), 'half');
  const { digest: kept } = await keepArtefact(home, folder, ['.']);
  await unpackArtefact(home, kept);
  expect(await readdir(path.join(home, 'unpacked'))).toEqual([path.basename(unpackedFolder(home, kept))]);
  expect(await readdir(path.join(home, 'artefacts'))).toEqual([path.basename(artefactFile(home, kept))]);
});

test('a damaged artefact is not unpacked', async () => {
  const folder = await built('one', { 'a.txt': 'right' });
  const { digest: kept } = await keepArtefact(home, folder, ['.']);
  const handle = await open(artefactFile(home, kept), 'r+');
  await handle.write('wrong', 1024);
  await handle.close();
  await expect(unpackArtefact(home, kept)).rejects.toMatchObject({
    code: 'data-unreadable',
    message: expect.stringMatching(/is damaged/),
  });
  expect(await readdir(path.join(home, 'unpacked'))).toEqual([]);
});

test('an artefact that is gone says how to get it again', async () => {
  const none = digest.parse(`sha256:${'0'.repeat(64)}`);
  await expect(unpackArtefact(home, none)).rejects.toMatchObject({
    code: 'not-found',
    hint: expect.stringMatching(/ship the commit again/),
  });
});

test.skipIf(process.platform === 'darwin')(
  'a disk that is too full says so before, with what is needed; one that fills up says so after',
  async () => {
    await expect(needSpace(root, 2 ** 60, 'packing an artefact')).rejects.toMatchObject({
      code: 'disk-full',
      message: expect.stringMatching(/^packing an artefact needs [\d,]+ MB in .*, where [\d,]+ MB are free$/),
    });
    const full = await writeFile('/dev/full', 'x').catch((error: unknown) => error);
    expect(asDiskFull(full, '/data', 'packing')).toMatchObject({
      code: 'disk-full',
      message: 'packing: no space is left in /data',
    });
    expect(saysDiskFull(['npm error code ENOSPC'])).toBe(true);
    expect(saysDiskFull(['fine'])).toBe(false);
  },
);
