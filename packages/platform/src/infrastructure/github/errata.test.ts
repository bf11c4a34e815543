import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkWorkflows, type WorkflowFile } from './check-workflows.ts';

const repository = path.join(import.meta.dirname, '../../../../..');
const specified = path.join(import.meta.dirname, 'fixtures/specification');

const workflowsIn = (folder: string, named = folder): readonly WorkflowFile[] =>
  readdirSync(folder)
    .filter((name) => /\.ya?ml$/.test(name))
    .map((name) => ({
      file: path.posix.join(named, name),
      text: readFileSync(path.join(folder, name), 'utf8'),
    }));

const ours = workflowsIn(path.join(repository, '.github/workflows'), '.github/workflows');
const theirs = checkWorkflows(workflowsIn(specified, '.github/workflows')).map(({ message }) => message);
const saidOf = (id: string) => theirs.filter((message) => message.startsWith(`${id}:`));

/** Each erratum that the rules find in the specification's own workflows, with words that the finding must have. */
const found: readonly (readonly [id: string, words: string])[] = [
  ['E0-7', 'an image of the branch develop alone'],
  ['E1-1', 'test has no timeout-minutes'],
  ['E1-2', 'deploy-production takes whatever is newest'],
  ['E1-3', 'deploy-staging records neither who, what nor why'],
  ['E2-5', 'the role must be a variable of the GitHub environment'],
  ['E3-1', 'has the tags of another image of this job'],
  ['E3-2', 'go by the digest'],
  ['E3-3', '{{branch}} is empty on pull requests'],
  ['E3-4', 'pushes on pull requests as well'],
  ['E3-5', 'type=semver needs a push of tags'],
  ['E3-6', 'may have capitals'],
  ['E3-7', 'give it a scope'],
  ['E3-8', 'actions/setup-node v3 is dead'],
  ['E3-9', 'aquasecurity/trivy-action@master can be moved'],
  ['E3-10', 'a stored AWS key'],
  ['E3-11', 'say `permissions: {}` at the top'],
  ['E3-12', 'deploy-dev has no concurrency group'],
  ['E3-13', 'an audit that cannot fail is none'],
  ['E3-14', 'finds no project in a repository of several'],
  ['E3-15', 'CodeQL before v4 is retired'],
  ['E3-16', 'uploads without a token'],
  ['E3-17', 'pull requests to develop are not tested'],
  ['E3-18', 'this Node gets no more fixes'],
  ['E3-19', 'deploy-production cannot reach the environment'],
  ['E3-21', 'changes the image alone'],
  ['E3-23', 'runs browser tests before npm ci'],
  ['E3-24', 'deploy-production leaves a bad release live'],
  ['E3-25', 'a GET says neither which release answered'],
  ['E3-26', 'brings code without its migrations'],
  ['E3-27', 'half of a release may stay'],
  ['E3-28', 'say webhook and webhook-type'],
  ['E3-29', 'the checkout leaves its token on disk'],
  ['E3-30', 'ubuntu-latest changes by itself'],
  ['E3-31', 'deploy-production is started by a push'],
  ['E3-32', 'is pushed without provenance'],
  ['E6-1', 'migrate is started by hand, and no delivery migrates'],
  ['E6-2', "a database's address among GitHub's secrets"],
  ['E6-3', 'asks without DATABASE_URL'],
  ['E6-4', 'migrate runs from any branch'],
];

describe('workflows', () => {
  test.each(found)('%s: the specification breaks it (%s)', (id, words) => {
    expect(saidOf(id).join('\n')).toContain(words);
  });

  test('every erratum that is found in the specification is listed here', () => {
    expect([...new Set(theirs.map((message) => message.split(':')[0]))].sort()).toEqual(found.map(([id]) => id).sort());
  });

  test('ours break none of them', () => {
    expect(ours.map(({ file }) => path.basename(file)).sort()).toEqual(
      expect.arrayContaining(['build.yml', 'deliver.yml', 'main.yml', 'migrate.yml', 'terraform.yml']),
    );
    expect(checkWorkflows(ours)).toEqual([]);
  });

  test('a text that is no workflow is told at its place', () => {
    const [finding] = checkWorkflows([{ file: 'w.yml', text: 'on: push\njobs:\n  one: [1\n' }]);
    expect(finding).toMatchObject({ file: 'w.yml', severity: 'error' });
  });
});

test('E4-17: what the specification types by hand is refused as a workflow', () => {
  const text = `on: push
permissions: {}
jobs:
  by-hand:
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    permissions: {}
    steps:
      - run: terraform plan -out=tfplan
      - run: terraform apply tfplan
      - run: terraform destroy
`;
  expect(checkWorkflows([{ file: 'w.yml', text }]).map(({ line, message }) => `${line} ${message}`)).toEqual([
    '5 E4-17: by-hand applies without an environment whose reviewers are asked',
    '5 E4-17: by-hand applies what nobody judged: plumb infra plan first',
    '11 E4-17: destroys or applies without a plan that somebody has seen',
  ]);
});

test('E3-22: no workflow, Dockerfile or compose file names an image by :latest or without a digest', () => {
  const images = ['compose.yaml', 'backend/Dockerfile', 'frontend/Dockerfile']
    .map((file) => path.join(repository, file))
    .filter((file) => existsSync(file))
    .map((file) => readFileSync(file, 'utf8'));
  const used = [...images, ...ours.map(({ text }) => text)].flatMap((text) =>
    [...text.matchAll(/^\s*(?:image: |ARG \w*BASE=)(\S+)/gm)].map((match) => match[1] ?? ''),
  );
  const here = (image: string) => image.startsWith('connect2-');
  expect(used.length).toBeGreaterThan(0);
  expect(used.filter((image) => !here(image) && !/@sha256:[0-9a-f]{64}$/.test(image))).toEqual([]);
});

describe('E0-1: text that was encoded twice', () => {
  const twice = (text: string) => new TextDecoder('windows-1252').decode(new TextEncoder().encode(text));
  const garbage = /[\u00e2\u00c3\u011f\u00f0][\u0080-\u203f]/u;

  test('is what the specification would post to Slack, and the pattern finds it', () => {
    expect(twice('✅ Production deployment successful')).toMatch(garbage);
    expect(twice('🔗')).toMatch(garbage);
  });

  test('is in no file of this repository', () => {
    const files = execFileSync('git', ['ls-files', '-z'], { cwd: repository, encoding: 'utf8' })
      .split('\0')
      // That test shows what the specification says.
      .filter((file) => file !== '' && !file.endsWith('monitoring/message.test.ts'))
      .filter((file) => existsSync(path.join(repository, file)));
    expect(files.length).toBeGreaterThan(100);
    const bad = files.filter((file) => garbage.test(readFileSync(path.join(repository, file), 'utf8')));
    expect(bad).toEqual([]);
  });
});
