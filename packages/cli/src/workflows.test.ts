import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type GithubServer,
  githubToken,
  startGithub,
} from '@plumbline/platform/infrastructure/github/testing/github-server';
import { readWorkflow, stepsOf } from '@plumbline/platform/infrastructure/github/workflow';
import { readWorkflowFiles } from '@plumbline/platform/infrastructure/github/workflow-files';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commands } from './commands/index.ts';
import { createTestBench, type TestBench } from './testing/test-bench.ts';

const repository = join(import.meta.dirname, '../../..');

/** Lines that are not run here, and why. What `.ci/run` runs is not run twice. */
const elsewhere: Readonly<Record<string, string>> = {
  'npm ci': '.ci/run, for all three packages',
  'npm run lint': '.ci/run, for all three packages',
  'npm run typecheck': '.ci/run, for backend and frontend',
  'npm test': '.ci/run, for all three packages',
  'npm run build': 'scenarios/containers.test.ts: the Dockerfiles run it',
  'npm run migrate:latest': 'backend/test/migrations.test.ts, on the same compiled file',
  'npm run migrate:down': 'backend/test/migrations.test.ts, on the same compiled file',
  'npm run migrate:status': 'backend/test/migrations.test.ts, on the same compiled file',
  'npm run e2e': "staging's verify, in scenarios and the demo",
  'npx plumb render --check': 'the tests of plumb render compare the committed files',
  '.ci/judges': '.ci/run',
  '.ci/terraform': '.ci/run',
  'terraform fmt -check -recursive terraform': '.ci/terraform',
};

/** Lines that need a cloud, and what of it. */
const needsACloud: readonly (readonly [line: RegExp, what: string])[] = [
  [/^npm audit/, "the registry's list of advisories, which a mirror does not have"],
  [/^cosign sign/, "a workflow's identity at Fulcio, and a registry"],
  [/^terraform -chdir="\$FOLDER" (init|plan|apply|show)\b/, 'an account of AWS with its state'],
  [/^aws s3 cp/, 'an account of AWS with its state'],
];

/** Commands that another part of Plumbline brings: their own tests run them. */
const withTheirOwnTests = ['infra', 'migrate'];

const workflows = (await readWorkflowFiles(repository)).map(({ file, text }) => readWorkflow(file, text));
const lines = workflows.flatMap((one) => {
  if (!('jobs' in one)) throw new Error('a workflow cannot be read: errata.test.ts says why');
  return stepsOf(one).flatMap(({ step }) => (step.run === undefined ? [] : step.run.trim().split('\n')));
});
const all = [...new Set(lines)].sort();
const isPlumb = (line: string) => line.startsWith('npx plumb ');
const runHere = all.filter(
  (line) =>
    !(line in elsewhere) &&
    !needsACloud.some(([pattern]) => pattern.test(line)) &&
    !withTheirOwnTests.some((group) => line.startsWith(`npx plumb ${group} `)),
);

let github: GithubServer;
let bench: TestBench;
let folder: string;
beforeAll(async () => {
  github = await startGithub();
  bench = await createTestBench();
  folder = await mkdtemp(join(tmpdir(), 'plumb-workflows-'));
  await mkdir(join(folder, 'bin'));
  // The programs of others say what they were asked for, and do nothing.
  for (const program of ['gh', 'cosign', 'aws'])
    await writeFile(join(folder, 'bin', program), `#!/bin/sh\ncat </dev/null\necho ${program} "$@" >> "$ASKED"\n`, {
      mode: 0o755,
    });
});
afterAll(async () => {
  await github.close();
  await bench.close();
  await rm(folder, { recursive: true });
});

const variables = () => ({
  PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
  HOME: folder,
  ASKED: join(folder, 'asked'),
  GITHUB_OUTPUT: join(folder, 'output'),
  GITHUB_REPOSITORY: 'blueprint/connect2',
  GITHUB_ACTOR: 'ada',
  GITHUB_TOKEN: githubToken,
  GITHUB_API_URL: github.url,
  GH_TOKEN: githubToken,
  PLUMBLINE_URL: bench.url,
  PLUMBLINE_TOKEN: bench.platform.tokenOf.deployer,
  COMPONENT: 'backend',
  IMAGE: `ghcr.io/blueprint/connect2-backend@sha256:${'1'.repeat(64)}`,
  REGISTRY: '111122223333.dkr.ecr.us-west-2.amazonaws.com',
  ENVIRONMENT: 'staging',
  REASON: 'a run',
});

const ran = new Set<string>();

/** As a step of GitHub does: bash that stops at the first failure, in the repository or in a folder beside it. */
const step = (line: string, env: Readonly<Record<string, string>> = {}, cwd = repository) => {
  ran.add(line);
  // Paths of a workflow are from the repository, wherever the step is tried.
  const command = line.replaceAll('.github/scripts', join(repository, '.github/scripts'));
  return execa('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', command], {
    cwd,
    env: { ...variables(), ...env },
    extendEnv: false,
    reject: false,
    all: true,
  });
};
/** The one line of the workflows that has these words. */
const lineWith = (...words: readonly string[]): string => {
  const found = runHere.filter((line) => words.every((word) => line.includes(word)));
  expect(found).toHaveLength(1);
  return found[0] ?? '';
};

describe('each run: line of the workflows', () => {
  test('is run here, or somewhere that is named, or needs a cloud; and no reason is left over', async () => {
    const ciRun = await readFile(join(repository, '.ci/run'), 'utf8');
    expect(Object.keys(elsewhere).filter((line) => !all.includes(line))).toEqual([]);
    expect(needsACloud.filter(([pattern]) => !all.some((line) => pattern.test(line)))).toEqual([]);
    for (const line of ['npm ci', 'npm run lint', 'npm run typecheck', 'npm test', '.ci/judges'])
      expect(ciRun).toContain(line);
    const excused = all.filter((line) => !runHere.includes(line));
    process.stdout.write(
      `workflows: ${all.length} run: lines, ${runHere.length} run here, ${excused.length} elsewhere\n`,
    );
  });

  test('holds no expression of GitHub: what somebody else wrote never becomes a part of a command', () => {
    expect(all.filter((line) => /\$\{\{/.test(line))).toEqual([]);
  });

  test('that calls plumb calls a command that there is', () => {
    const known = Object.keys(commands);
    const called = all.filter(isPlumb).map((line) => line.split(' ').slice(2));
    const unknown = called.filter(
      (words) => !known.includes(words[0] ?? '') && !known.includes(words.slice(0, 2).join(' ')),
    );
    const coming = ['render', 'infra', 'migrate'];
    expect(unknown.filter(([group = '']) => !coming.includes(group))).toEqual([]);
  });

  test('about images: names, records, verifies and copies them by digest', async () => {
    const image = variables().IMAGE;
    expect((await step(lineWith('image-name'))).exitCode).toBe(0);
    expect(await readFile(join(folder, 'output'), 'utf8')).toMatch(
      /^image=ghcr\.io\/blueprint\/connect2-backend\nepoch=\d+\n$/,
    );
    await mkdir(join(folder, 'images'));
    expect((await step(lineWith('image-record'), {}, join(folder, 'images'))).exitCode).toBe(0);
    expect(await readdir(join(folder, 'images'))).toEqual(['image-backend.json']);
    expect((await step(lineWith('verify-images'), {}, folder)).exitCode).toBe(0);
    expect((await step(lineWith('copy-images'), {}, folder)).all).toContain(
      image.replace('ghcr.io/blueprint', variables().REGISTRY),
    );
    const asked = await readFile(join(folder, 'asked'), 'utf8');
    expect(asked).toContain(
      `gh attestation verify oci://${image} --repo blueprint/connect2 --signer-workflow blueprint/connect2/.github/workflows/build.yml`,
    );
    expect(asked).toContain(`cosign copy ${image} ${variables().REGISTRY}/connect2-backend:${'1'.repeat(64)}`);
  });

  test('about images refuses a tag, an image that was not attested, and that nothing was built', async () => {
    const tagged = await step(lineWith('image-record'), { IMAGE: 'ghcr.io/blueprint/connect2-backend:latest' }, folder);
    expect(tagged).toMatchObject({ exitCode: 1, all: expect.stringContaining('no image with a digest') });
    for (const made of ['none/images', 'two/images', 'refusing']) await mkdir(join(folder, made), { recursive: true });
    const none = await step(lineWith('verify-images'), {}, join(folder, 'none'));
    expect(none).toMatchObject({ exitCode: 1, all: expect.stringContaining('was anything built?') });
    await writeFile(join(folder, 'refusing/gh'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    await writeFile(join(folder, 'two/images/image-a.json'), '{"image":"ghcr.io/x/a@sha256:1"}');
    const PATH = `${join(folder, 'refusing')}:${process.env.PATH}`;
    expect((await step(lineWith('verify-images'), { PATH }, join(folder, 'two'))).exitCode).toBe(1);
  });

  test('about deliveries: of the commit, of the release, and back', async () => {
    const token = bench.platform.tokenOf.deployer;
    for (const stamp of ['one', 'two']) await bench.plumb(['ship', '--stamp', stamp, '--to', 'development'], { token });
    const [newest] = [...bench.platform.world.releases.values()].reverse();
    const env = { COMMIT: newest?.commit ?? '', RELEASE: newest?.id ?? '', ENVIRONMENT: 'development' };
    expect(await step(lineWith('plumb deliver', '--commit'), env)).toMatchObject({ exitCode: 0 });
    expect(await step(lineWith('plumb deliver', '--release'), env)).toMatchObject({ exitCode: 0 });
    const unknown = await step(lineWith('plumb deliver', '--commit'), { ...env, COMMIT: 'f'.repeat(40) });
    expect(unknown).toMatchObject({ exitCode: 1, all: expect.stringContaining('there is no release of the commit') });
    expect(await step(lineWith('plumb rollback'), env)).toMatchObject({ exitCode: 0 });
  });

  test('about protection stops where there is none', async () => {
    const check = lineWith('plumb github check');
    const bare = await step(check);
    expect(bare).toMatchObject({ exitCode: 1, all: expect.stringContaining('GitHub has no such environment') });
    expect(await step('npx plumb github apply --yes')).toMatchObject({ exitCode: 0 });
    expect(await step(check)).toMatchObject({ exitCode: 0 });
    expect(await step(lineWith('plumb check'))).toMatchObject({ exitCode: 0 });
  });

  test('that is to be run here was', () => {
    expect(runHere.filter((line) => !ran.has(line))).toEqual([]);
  });
});
