import { describe, expect, test } from 'vitest';
import { appYaml, environments } from '../testing/descriptions.ts';
import { app, environment, errors, warnings } from '../testing/edited-description.ts';

test('what is right has nothing wrong', async () => {
  expect(await errors({ 'plumbline.yaml': appYaml, ...environments })).toEqual([]);
});

describe('the app', () => {
  test.each([
    [
      'two services on one route',
      'route: /\n',
      'route: /api/\n',
      'plumbline.yaml:19:12 the route /api/ belongs to the service backend already: a request could go to either',
    ],
    [
      'a store that is nowhere',
      'needs: [database, cache]',
      'needs: [databse, cache]',
      expect.stringMatching(/^plumbline.yaml:13:13 there is no store "databse": did you mean "database"\?$/),
    ],
    [
      'an alias that is a store',
      'alias: api',
      'alias: cache',
      'plumbline.yaml:6:5 "cache" is the name of the store cache already: the alias of backend needs another',
    ],
    [
      'a variable of two',
      'as: DATABASE_URL',
      'as: JWT_SECRET',
      'plumbline.yaml:13:13 the variable JWT_SECRET is given by "secrets" already',
    ],
    [
      'a variable of Plumbline',
      '    start_within: 30s',
      '    variables: { PORT: 80 }',
      'plumbline.yaml:16:18 the variable PORT is given by Plumbline already',
    ],
    [
      'assets of a worker',
      'route: /\n',
      'assets: /assets\n',
      'plumbline.yaml:19:13 "assets" needs a "route": no visitor reaches frontend without one',
    ],
    [
      'an environment twice',
      'path: [development,',
      'path: [development, development,',
      'plumbline.yaml:3:21 "development" is on the path twice',
    ],
    [
      'an environment that is nowhere',
      'staging, production]',
      'stagign, production]',
      'plumbline.yaml:3:21 the path names "stagign", which no file in environments/ describes: did you mean "staging"?',
    ],
    [
      'an environment without a file',
      'staging, production]',
      'staging, production, moon]',
      'plumbline.yaml:3:42 the path names "moon", which no file in environments/ describes; write environments/moon.yaml, with at least "environment: moon"',
    ],
    [
      'a service with a route that nobody can ask whether it is ready',
      '    route: /\n    health: /healthz',
      '    route: /',
      'plumbline.yaml:17:3 "health" is missing: frontend has a route, so say which path answers 2xx when requests may come',
    ],
    [
      'migrations of nobody',
      '{ service: backend, kind: knex',
      '{ service: bakend, kind: knex',
      'plumbline.yaml:24:24 there is no service "bakend": did you mean "backend"?',
    ],
    [
      'migrations of no database',
      '{ service: backend, kind: knex',
      '{ service: frontend, kind: knex',
      'plumbline.yaml:24:13 migrations need a database: give frontend a postgres store in "needs"',
    ],
    [
      'migrations of a cache',
      'directory: dist/migrations }',
      'directory: dist/migrations, store: cache }',
      'plumbline.yaml:24:80 the store cache is a redis, not a postgres',
    ],
    [
      'a check without a command',
      'lint: { run: [npm, run, lint], in: [backend] }',
      'lint: { in: [backend] }',
      'plumbline.yaml:25:11 "run" is missing: the command of the check lint (without one there are audit and secrets)',
    ],
    [
      'a command for a built-in check',
      'lint: { run',
      'audit: { run',
      'plumbline.yaml:25:20 "audit" is a built-in check: give a command of your own another name',
    ],
    [
      'a check above nothing known',
      'in: [backend] }',
      'above: dev }',
      'plumbline.yaml:25:49 "dev" is not on the path; known here: development, staging, production',
    ],
    [
      'a step with two methods',
      'get: /api/health, expect: 200',
      'get: /, post: /',
      'plumbline.yaml:27:5 "smoke[0]" has get and post: make two steps of it',
    ],
    [
      'a step without a method',
      'get: /api/health, expect',
      'expect',
      'plumbline.yaml:27:5 "smoke[0]" needs one of get, post, put, patch, delete',
    ],
  ])('%s', async (_, from, to, message) => {
    expect(await errors(app(from, to))).toContainEqual(message);
  });

  test('seed data of nobody, and an exception twice', async () => {
    const exception = '  - { id: GHSA-1, owner: o, until: 2030-01-01, reason: r }\n';
    const text = `${appYaml}seed: { service: nobody, run: [x] }\nexceptions:\n${exception}${exception}`;
    expect(await errors({ 'plumbline.yaml': text })).toEqual([
      expect.stringMatching(/there is no service "nobody"/),
      expect.stringMatching(/the exception for GHSA-1 is there twice/),
    ]);
  });

  test('a smoke test that reaches nothing', async () => {
    const text = 'app: a\npath: [one]\nservices: { w: { start: [x], health: /up } }\nsmoke: [{ get: / }]\n';
    expect(await errors({ 'plumbline.yaml': text })).toEqual([
      'plumbline.yaml:4:1 no service has a route, so the smoke test reaches nothing',
    ]);
  });

  test('a check above the last environment never keeps anything back', async () => {
    expect(await warnings(app('in: [backend] }', 'above: production }'))).toContain(
      'plumbline.yaml:25:49 warning: nothing is above production: the check lint never keeps a release from anything',
    );
  });
});

describe('an environment', () => {
  test.each([
    [
      'staging',
      'a name that is taken',
      'environment: staging',
      'environment: development',
      'environments/staging.yaml:1:14 the environment "development" is described in environments/development.yaml already',
    ],
    [
      'staging',
      'a domain that is taken',
      'domain: staging.',
      'domain: dev.',
      'environments/staging.yaml:2:9 dev.connect2.blueprint.com is the domain of development already',
    ],
    [
      'staging',
      'fewer than none',
      'min_replicas: 2',
      'min_replicas: 5',
      'environments/staging.yaml:11:15 min_replicas 5 is more than max_replicas 4',
    ],
    [
      'staging',
      'too few',
      'replica_count: 2',
      'replica_count: 1',
      'environments/staging.yaml:3:16 replica_count 1 is less than min_replicas 2',
    ],
    [
      'staging',
      'too many',
      'replica_count: 2',
      'replica_count: 9',
      'environments/staging.yaml:3:16 replica_count 9 is more than max_replicas 4',
    ],
    [
      'staging',
      'resources of nobody',
      '  api:',
      '  apy:',
      'environments/staging.yaml:5:3 "apy" is no service and no store of plumbline.yaml, nor an alias of one: did you mean "api"?',
    ],
    [
      'staging',
      "a store's machine for a service",
      'cpu: 1',
      'instance_type: db.t4g.micro',
      'environments/staging.yaml:6:5 "api" is a service: "instance_type" is for stores alone',
    ],
    [
      'staging',
      "a service's CPU for a store",
      'instance_type: db.t3.medium',
      'cpu: 1',
      'environments/staging.yaml:9:5 "database" is a store: "cpu" is for services alone',
    ],
    [
      'production',
      'seed data',
      'disaster_recovery: enabled',
      'seed: true',
      'environments/production.yaml:15:7 seed data never goes to production, and production is production: its log-ins are known to everybody',
    ],
    [
      'staging',
      'seed data that nobody describes',
      'backup_retention: 14 days',
      'seed: true',
      'environments/staging.yaml:13:7 plumbline.yaml describes no "seed" to write',
    ],
    [
      'staging',
      'an approver who cannot',
      'backup_retention: 14 days',
      'approvals: { roles: [admin, viewer] }',
      'environments/staging.yaml:13:29 a viewer cannot approve: only approver and admin can',
    ],
    [
      'staging',
      'more people than there are',
      'backup_retention: 14 days',
      'approvals: { count: 11 }',
      'environments/staging.yaml:13:21 "count" must be at most 10, not 11',
    ],
    [
      'staging',
      'variables of nobody',
      'backup_retention: 14 days',
      'variables: { api: { A: b } }',
      'environments/staging.yaml:13:14 there is no service "api"; known here: backend, frontend',
    ],
    [
      'staging',
      'a variable that is not described',
      'backup_retention: 14 days',
      'variables: { backend: { A: b } }',
      'environments/staging.yaml:13:25 plumbline.yaml gives backend no variable "A"',
    ],
    [
      'staging',
      'local replicas of nobody',
      'backup_retention: 14 days',
      'local: { replicas: { bakend: 1 } }',
      'environments/staging.yaml:13:22 there is no service "bakend": did you mean "backend"?',
    ],
  ])('%s: %s', async (name, _, from, to, message) => {
    expect(await errors(environment(name, from, to))).toContain(message);
  });

  test('that is on no path is only warned of', async () => {
    const files = { 'plumbline.yaml': appYaml, ...environments, 'environments/moon.yaml': 'environment: moon\n' };
    expect(await errors(files)).toEqual([]);
    expect(await warnings(files)).toContain(
      'environments/moon.yaml:1:14 warning: "moon" is not on the path of plumbline.yaml, so nothing is ever delivered to it',
    );
  });

  test('with bounds that do nothing is warned of', async () => {
    expect(await warnings(environment('staging', 'auto_scaling: enabled', 'auto_scaling: disabled'))).toEqual(
      expect.arrayContaining([
        'environments/staging.yaml:11:15 warning: min_replicas does nothing while auto_scaling is not enabled',
      ]),
    );
  });
});

describe('a secret written out', () => {
  const variable = (text: string) => app('    start_within: 30s', `    variables: { ${text} }`);

  test('is refused by the name of its variable, and not repeated', async () => {
    const [error, ...rest] = await errors(variable('SMTP_PASSWORD: hunter2'));
    expect(rest).toEqual([]);
    expect(error).toBe(
      'plumbline.yaml:16:33 SMTP_PASSWORD looks like a secret written out: name it under "secrets", like SMTP_PASSWORD: secret://smtp-password',
    );
  });

  test('is refused by its looks', async () => {
    const url = ['https://bob:', 'hunter2', '@example.com/'].join('');
    const [error] = await errors(variable(`MAIL: "${url}"`));
    expect(error).toMatch(/^plumbline.yaml:16:\d+ a secret is written out here \(basic auth credential\)/);
    expect(error).not.toContain('hunter2');
  });

  test('is refused in an environment too', async () => {
    const files = environment('staging', 'backup_retention: 14 days', 'variables: { backend: { API_KEY: abc } }');
    expect(await errors(files)).toContainEqual(
      expect.stringMatching(/^environments\/staging.yaml:13:34 API_KEY looks like/),
    );
  });

  test.each(['TOKEN_TTL_SECONDS: 60', 'TOKEN_LIFETIME: 1h', 'PASSWORD_FILE: /run/p', 'USE_TOKENS: true'])(
    'is not %s',
    async (text) => {
      expect(await errors(variable(text))).toEqual([]);
    },
  );
});
