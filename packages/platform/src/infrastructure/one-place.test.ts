import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { renderedList } from './render.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const read = (file: string) => readFile(join(root, file), 'utf8');

/** Where files for the cloud are, rendered and by hand. */
const folders = ['terraform', 'k8s', 'monitoring', '.github'];

/** Tests have inputs of their own, and locks are written by their tools. */
const isWritten = (file: string) => !/\.tftest\.hcl$|\.tfmock\.hcl$|\.lock\.hcl$|\/(tests|mocks|fixtures)\//.test(file);

const filesIn = async (folder: string): Promise<readonly string[]> => {
  const all = await readdir(join(root, folder), { recursive: true, withFileTypes: true }).catch(() => []);
  return all
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('.terraform'))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length));
};

const byHand = async (): Promise<readonly string[]> => {
  const rendered = new Set<string>(JSON.parse(await read(renderedList)));
  const all = (await Promise.all(folders.map(filesIn))).flat();
  return all.filter((file) => !rendered.has(file) && isWritten(file));
};

/** What an environment says that is like nothing else: machines, domains, accounts, addresses, windows. */
const unmistakable = (value: unknown): readonly string[] => {
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(unmistakable);
  return typeof value === 'string' && /\d/.test(value) && /[.:]|^\d{12}$/.test(value) ? [value] : [];
};

/** Keys under which 2.2 and 8.2 have numbers, as Terraform, Kubernetes and monitors call them. */
const keys =
  'replicas|min_?replicas|max_?replicas|min_?replica_?count|max_?replica_?count|desired_?(capacity|size)|(min|max)_?(capacity|size)|' +
  'backup_retention(_period|_days)?|retention(_in)?_days|(requests?|limits?)_?(cpu|memory)|cpu|memory|threshold|critical|warning';
const numbered = new RegExp(`^\\s*"?(${keys})"?\\s*[:=]\\s*"?\\d+(\\.\\d+)?(m|[KMG]i)?"?\\s*(#.*)?$`, 'i');

/** Lines that have such a key or word and mean something else. */
const excused: readonly { readonly where: RegExp; readonly line: RegExp; readonly because: string }[] = [
  { where: /./, line: /^\s*(#|error_message\b)/, because: 'words for people' },
  { where: /^\.github\//, line: /^\s*url: https:/, because: 'a link that GitHub shows' },
  { where: /modules\/budget\//, line: /threshold/, because: 'percent of a budget, not a level of 8.2' },
  { where: /modules\/addons\//, line: /replicas/, because: "an add-on's, not the app's" },
];

const isExcused = (file: string, line: string) => excused.some((one) => one.where.test(file) && one.line.test(line));

const repeated = (file: string, text: string, words: readonly string[]): readonly string[] =>
  text
    .split('\n')
    .filter((line) => !isExcused(file, line))
    .filter((line) => numbered.test(line) || words.some((word) => line.includes(word)))
    .map((line) => line.trim());

const wordsOf = async (): Promise<readonly string[]> => {
  const files = (await filesIn('environments')).filter((file) => file.endsWith('.yaml'));
  return (await Promise.all(files.map(async (file) => unmistakable(parse(await read(file)))))).flat();
};

test('no file by hand repeats a number, machine, address or window of an environment, or a threshold', async () => {
  const words = await wordsOf();
  expect(words.length).toBeGreaterThan(10);
  for (const file of await byHand()) expect([file, repeated(file, await read(file), words)]).toEqual([file, []]);
});

const specification = `module "rds" {
  instance_class    = "db.r5.large"
  backup_retention_period = 30
}
module "eks" {
  desired_capacity = 3
  min_capacity     = 3
  max_capacity     = 10
}
spec:
  replicas: 3
  minReplicas: 3
  maxReplicas: 10
  resources:
    requests:
      cpu: 1000m
      memory: 2Gi
    limits:
      cpu: 2000m
      memory: 4Gi
`;

test('E2-1: the snippets of 4.1 and 5.1 repeat the numbers of 2.2, and are found out', () => {
  expect(repeated('main.tf', specification, ['db.r5.large'])).toHaveLength(12);
});

test('the levels of 8.2 are numbers in the table of thresholds alone', async () => {
  const sources = (await filesIn('packages')).filter(
    (file) => /\/src\/.*\.tsx?$/.test(file) && !/\.test\.tsx?$|\/testing\//.test(file),
  );
  expect(sources.length).toBeGreaterThan(300);
  const with82 = await Promise.all(
    sources.map(async (file) => ({ file, has: /\b(warning|critical): \d/.test(await read(file)) })),
  );
  expect(with82.filter(({ has }) => has).map(({ file }) => file)).toEqual([
    'packages/platform/src/monitoring/thresholds.ts',
  ]);
});
