import { describe, expect, test } from 'vitest';
import { appYaml, described, environments as verbatim } from '../testing/descriptions.ts';
import { findingText } from './finding.ts';
import { filesIn, loadDescription, readDescription } from './read.ts';

const said = async (files: Readonly<Record<string, string>>) =>
  (await readDescription(described(files))).findings.map(findingText);

describe('a description that is right', () => {
  test('needs no more than app, path and one service with start and health', async () => {
    const files = described({
      'plumbline.yaml': 'app: tiny\npath: [production]\nservices: { web: { start: [./run], health: /up } }\n',
    });
    const { environments, warnings } = await loadDescription(files);
    expect(warnings).toEqual([]);
    expect(environments.map(({ environment }) => environment)).toEqual(['production']);
  });

  test("E2-1, E2-3, E2-4: has the specification's environments, verbatim, with warnings where they are out of date", async () => {
    const findings = await said({ 'plumbline.yaml': appYaml, ...verbatim });
    expect(findings).toEqual([
      expect.stringMatching(/^environments\/development.yaml:6:5 warning: .*\(E2-1\)$/),
      expect.stringMatching(
        /^environments\/development.yaml:9:20 warning: db.t3.micro .* db.t4g.micro is its successor \(E2-3\)$/,
      ),
      expect.stringMatching(/^environments\/production.yaml:6:5 warning: .*\(E2-1\)$/),
      expect.stringMatching(
        /^environments\/production.yaml:9:20 warning: db.r5.large .* db.r7g.large is its successor \(E2-3\)$/,
      ),
      expect.stringMatching(/^environments\/staging.yaml:6:5 warning: .*\(E2-1\)$/),
      expect.stringMatching(/^environments\/staging.yaml:9:5 warning: .*\(E2-4\)$/),
      expect.stringMatching(
        /^environments\/staging.yaml:9:20 warning: db.t3.medium .* db.t4g.medium is its successor \(E2-3\)$/,
      ),
    ]);
  });

  test("is Connect's own, without a warning", async () => {
    const root = new URL('../../../../', import.meta.url).pathname;
    const { warnings, environments } = await loadDescription(filesIn(root));
    expect(warnings).toEqual([]);
    expect(environments.map(({ environment }) => environment)).toEqual(['development', 'staging', 'production']);
  });

  test('may use anchors and merge keys', async () => {
    const findings = await said({
      'plumbline.yaml':
        'app: twice\npath: [one]\nservices:\n  a: &a { start: [x], health: /up, route: /a }\n  b: { <<: *a, route: /b }\n',
    });
    expect(findings).toEqual([]);
  });
});

describe('a description that is wrong says all of it at once, in its place', () => {
  test('an unknown key, with the one that was meant', async () => {
    const staging = `${verbatim['environments/staging.yaml']}`.replace('max_replicas', 'max_replica');
    const findings = await said({ 'plumbline.yaml': appYaml, ...verbatim, 'environments/staging.yaml': staging });
    expect(findings).toContain(
      'environments/staging.yaml:12:1 unknown key "max_replica": did you mean "max_replicas"?',
    );
  });

  test('an unknown key with nothing near it, with those that are known there', async () => {
    const text = appYaml.replace('expect: 200', 'wanted: 200');
    expect(await said({ 'plumbline.yaml': text })).toEqual([
      expect.stringMatching(/^plumbline.yaml:\d+:\d+ unknown key "wanted"; known here: get, post, .*capture$/),
    ]);
  });

  test.each([
    [
      'app: Connect',
      'app: connect2',
      'plumbline.yaml:1:6 "app" must be lower-case letters, digits and dashes, at most 40, starting with a letter, not "Connect"',
    ],
    [
      'path: staging',
      'path: [development, staging, production]',
      'plumbline.yaml:3:7 "path" must be a list, not "staging"',
    ],
    [
      'domain: a b',
      'domain: connect2.blueprint.com',
      'plumbline.yaml:2:9 "domain" must be a host name, like connect2.blueprint.com, not "a b"',
    ],
    [
      'health: api',
      'health: /api/readyz',
      'plumbline.yaml:10:13 "health" must be a path that starts with /, like /api/readyz, not "api"',
    ],
    [
      'start_within: 10 parsecs',
      'start_within: 30s',
      'plumbline.yaml:16:19 "start_within" must be a length of time, like 30s, 10m, 2h or 7 days, not "10 parsecs"',
    ],
    ['kind: mysql', 'kind: postgres', 'plumbline.yaml:22:21 "kind" must be postgres, redis or bucket, not "mysql"'],
    ['kind: flyway', 'kind: knex', 'plumbline.yaml:24:39 "kind" must be knex or command, not "flyway"'],
    ['generate: 3', 'generate: 32', 'plumbline.yaml:15:50 "generate" must be at least 16'],
    [
      'JWT_SECRET: hunter2',
      'JWT_SECRET: { ref: secret://jwt, generate: 32 }',
      'plumbline.yaml:15:19 "JWT_SECRET" must be a reference like secret://jwt, never the secret itself',
    ],
    ['start: []', 'start: [node, server.js]', 'plumbline.yaml:18:12 "start" must name a program'],
    ['build:', 'build: [npm, run, build]', 'plumbline.yaml:8:11 "build" must be a list, and nothing is there'],
    [
      'directory: ../backend',
      'directory: backend',
      'plumbline.yaml:7:16 "directory" must stay inside the folder: no leading / and no .., not "../backend"',
    ],
  ])('%s', async (wrong, right, message) => {
    expect(appYaml).toContain(right);
    expect(await said({ 'plumbline.yaml': appYaml.replace(right, wrong) })).toEqual([message]);
  });

  test('a key that is missing, with what it is for', async () => {
    expect(await said({ 'plumbline.yaml': 'app: x\nservices: { web: { start: [x] } }\n' })).toEqual([
      'plumbline.yaml:1:1 "path" is missing. The order of environments that a release climbs. Its last one is what users see.',
    ]);
  });

  test.each([
    ['a key that is there twice', 'app: a\napp: b\n', 'plumbline.yaml:2:1 the key "app" is there twice: keep one'],
    ['a tab', 'app:\n\tname: x\n', 'plumbline.yaml:2:1 a tab cannot indent: use spaces'],
    [
      'two documents',
      'app: x\n---\napp: y\n',
      'plumbline.yaml:2:1 a second document begins here: a file holds one, so remove the ---',
    ],
    [
      'YAML that ends too early',
      'path: [a, b\nx: 1\n',
      expect.stringMatching(/^plumbline.yaml:2:1 is no valid YAML: /),
    ],
    [
      'an anchor that is nowhere',
      'app: *nowhere\n',
      expect.stringMatching(/^plumbline.yaml:1:1 is no valid YAML: Unresolved alias/),
    ],
    ['a file that is a list', '- app\n', 'plumbline.yaml:1:1 the file must be a map of keys and values'],
    [
      'an empty file',
      '# nothing\n',
      expect.stringMatching(/^plumbline.yaml:1:1 is empty; it needs at least:\n {2}app: /),
    ],
  ])('%s', async (_, text, message) => {
    expect(await said({ 'plumbline.yaml': text })).toEqual([message]);
  });

  test('a file that is not there, with what to write', async () => {
    expect(await said({})).toEqual([
      expect.stringMatching(/^plumbline.yaml:1:1 is not there; write one in memory with at least:\n {2}app: my-app/),
    ]);
  });

  test('an environment file that is empty, or that nobody would read', async () => {
    const files = {
      'plumbline.yaml': appYaml,
      ...verbatim,
      'environments/staging.yaml': '',
      'environments/extra.yml': '',
    };
    expect(await said(files)).toEqual(
      expect.arrayContaining([
        'environments/extra.yml:1:1 is not read: name it .yaml',
        'environments/staging.yaml:1:1 is empty; it needs at least:\n  environment: staging',
      ]),
    );
  });

  test('is a failure with every error in it, plumbline.yaml first', async () => {
    const files = {
      'plumbline.yaml': appYaml.replace('kind: knex', 'kind: flyway'),
      ...verbatim,
      'environments/staging.yaml': 'environment: 3\n',
    };
    await expect(loadDescription(described(files))).rejects.toMatchObject({
      code: 'description-invalid',
      message:
        'plumbline.yaml:24:39 "kind" must be knex or command, not "flyway"\nenvironments/staging.yaml:1:14 "environment" must be a text, not 3',
    });
  });
});
