import { describe, expect, test } from 'vitest';
import { appYaml, environments } from '../testing/descriptions.ts';
import { app, edited, environment, errors, warnings } from '../testing/edited-description.ts';

/** The specification's environments, one of them with more in it. */
const more = (name: string, text: string) => {
  const file = `environments/${name}.yaml`;
  return { 'plumbline.yaml': appYaml, ...environments, [file]: `${environments[file]}${text}\n` };
};
const infrastructure = (name: string, text: string) => more(name, `infrastructure: { ${text} }`);

test("the specification's own environments can be rendered as they stand, on machines of this time", async () => {
  expect(await errors({ 'plumbline.yaml': appYaml, ...environments })).toEqual([]);
});

describe('what no node or database can hold is refused', () => {
  test('a replica larger than any node, at the number that is too large', async () => {
    expect(await errors(environment('staging', 'memory: 2Gi', 'memory: 200Gi'))).toEqual([
      "environments/staging.yaml:7:13 a replica of backend sets aside 204800Mi of memory, and no node can hold it: on m7g.8xlarge, 117544Mi is left beside the system's own",
    ]);
  });

  test('E2-2: a request of two CPUs on the t3.large of the specification', async () => {
    const files = edited(environments['environments/production.yaml'] ?? '', 'memory: 4Gi', 'requests: { cpu: 2 }');
    const machines = 'infrastructure: { cluster: { nodes: { instance_types: [t3.large] } } }\n';
    expect(
      await errors({ 'plumbline.yaml': appYaml, ...environments, 'environments/production.yaml': files + machines }),
    ).toEqual([
      "environments/production.yaml:7:22 a replica of backend sets aside 2000m of CPU, and no node can hold it: on t3.large, 1430m is left beside the system's own",
    ]);
  });

  test('E2-2: more replicas than the ten nodes of the specification have room for', async () => {
    const nodes = 'cluster: { nodes: { instance_types: [t3.large], min: 3, max: 10 } }';
    expect(await errors(infrastructure('production', nodes))).toEqual([
      expect.stringMatching(
        /^environments\/production\.yaml:16:80 all replicas at their most.* need 27 nodes, and there are at most 10/,
      ),
    ]);
  });

  test('E10-4: pools that the database cannot give all at once', async () => {
    expect(await errors(infrastructure('development', 'database: { pool: 20 }'))).toEqual([
      'environments/development.yaml:9:20 (1 + 1) × 2 slots × 20 of backend + 15 kept back are 95 connections, and database, a db.t3.micro, takes 80: lower infrastructure.database.pool or max_replicas, or take a larger machine (E10-4)',
    ]);
  });

  test('nothing where only defaults are at work: they are as large as they must be', async () => {
    const large = edited(environments['environments/staging.yaml'] ?? '', 'memory: 2Gi', 'memory: 20Gi');
    expect(await errors({ 'plumbline.yaml': appYaml, ...environments, 'environments/staging.yaml': large })).toEqual(
      [],
    );
    const many = [...'abcdefgh'].map((name) => `  ${name}: { start: [x], needs: [main] }\n`).join('');
    const text = `app: many\npath: [trial, live]\nservices:\n${many}stores: { main: { kind: postgres } }\n`;
    const trial = 'environment: trial\nreplica_count: 3\n';
    const files = {
      'plumbline.yaml': text,
      'environments/trial.yaml': trial,
      'environments/live.yaml': 'environment: live\n',
    };
    expect(await errors(files)).toEqual([]);
  });

  test('machines of a size that nobody knows', async () => {
    expect(await errors(infrastructure('staging', 'cluster: { nodes: { instance_types: [q9.huge] } }'))).toEqual([
      expect.stringMatching(/^environments\/staging\.yaml:14:56 q9\.huge is no machine of a known size/),
    ]);
    expect(await errors(environment('staging', 'db.t3.medium', 'cache.t3.medium'))).toEqual([
      expect.stringMatching(/^environments\/staging\.yaml:9:20 cache\.t3\.medium is no machine for a postgres/),
    ]);
  });
});

describe('how long things are kept', () => {
  test.each([
    [
      '36 days',
      'backups for 36 days are more than the 35 that RDS keeps: for longer there are copies in a backup vault',
    ],
    ['6h', 'backups are kept for whole days, from 1 to 35'],
    ['36h', 'backups are kept for whole days, from 1 to 35'],
  ])('a backup retention of %s is refused', async (days, message) => {
    expect(await errors(environment('staging', '14 days', days))).toEqual([
      `environments/staging.yaml:13:19 ${message}`,
    ]);
  });

  test.each(['35 days', '5 weeks', '24h'])('one of %s is not', async (days) => {
    expect(await errors(environment('staging', '14 days', days))).toEqual([]);
  });

  test('logs are kept for a number of days that CloudWatch has', async () => {
    expect(await errors(infrastructure('staging', 'logs: { retention: 10 days }'))).toEqual([
      'environments/staging.yaml:14:38 CloudWatch keeps logs for certain numbers of days, of which 10 is none: take 14 days',
    ]);
  });

  test('a disk grows by a tenth at least', async () => {
    expect(await errors(infrastructure('staging', 'database: { storage: 100Gi, max_storage: 105Gi }'))).toEqual([
      expect.stringMatching(/max_storage 105Gi must be a tenth more than storage 100Gi at least$/),
    ]);
  });

  test('E0-5: copies against the loss of a region are in another', async () => {
    expect(await errors(infrastructure('production', 'copies_region: us-west-2'))).toEqual([
      expect.stringMatching(/:16:34 copies in us-west-2 are lost with what they are copies of/),
    ]);
    expect(await errors(infrastructure('production', 'region: sa-east-1'))).toEqual([
      expect.stringMatching(/"copies_region" is missing: disaster_recovery is enabled, and sa-east-1 has no known/),
    ]);
  });
});

describe('scaling by load and by the clock', () => {
  const schedule = (some: Readonly<Record<string, string | number>> = {}) => {
    const all = { from: '"08:00"', until: '"18:00"', zone: 'America/Los_Angeles', replicas: 5, ...some };
    return `schedule: { ${Object.entries(all)
      .map(([key, value]) => `${key}: ${value}`)
      .join(', ')} }`;
  };
  const scaled = (name: string, text: string) => infrastructure(name, `scaling: { ${text} }`);

  test('agree on the floor of 12.2 where it is above the least of 2.2', async () => {
    expect(await errors(scaled('production', schedule()))).toEqual([]);
  });

  test.each([
    ['E5-8: are not both an hpa', `by: hpa, ${schedule()}`, /:16:34 an hpa knows no schedule, and two scalers of one/],
    [
      'E12-4: do nothing under min_replicas',
      schedule({ replicas: 2 }),
      /schedule's 2 replicas are not above min_replicas 3/,
    ],
    [
      'have no more than max_replicas',
      schedule({ replicas: 11 }),
      /the schedule's 11 replicas are more than max_replicas 10$/,
    ],
    ['begin before they end', schedule({ until: '"07:00"' }), /until 07:00 is not after from 08:00 of the same day$/],
    ['know the zone', schedule({ zone: 'Pacific' }), /there is no time zone "Pacific"/],
  ])('%s', async (_, text, message) => {
    const [error, ...others] = await errors(scaled('production', text));
    expect(error).toMatch(message);
    expect(error).toMatch(/^environments\/production\.yaml:16:\d+ /);
    expect(others).toEqual([]);
  });

  test('are refused where nothing scales', async () => {
    expect(await errors(scaled('development', schedule()))).toEqual([
      expect.stringMatching(/a schedule scales nothing while auto_scaling is not enabled$/),
    ]);
  });

  test('never go down to none', async () => {
    expect(await errors(environment('staging', 'min_replicas: 2', 'min_replicas: 0'))).toEqual([
      expect.stringMatching(/:11:15 min_replicas must be at least 1/),
    ]);
  });

  test('E8-6: begin before CPU usage warns', async () => {
    expect(await warnings(scaled('production', 'cpu_percent: 70'))).toContainEqual(
      expect.stringMatching(/replicas are added at 70 %, and CPU usage warns above 70 %/),
    );
    expect(await warnings(scaled('production', 'cpu_percent: 69'))).not.toContainEqual(expect.stringMatching(/E8-6/));
  });
});

describe('windows and networks', () => {
  test.each([
    [
      'backup_window: 10:00-11:00, maintenance_window: sun:10:30-sun:11:30',
      /maintenance_window.*|meets the backup_window/,
    ],
    ['backup_window: 23:30-00:30, maintenance_window: mon:00:00-mon:01:00', /meets the backup_window 23:30-00:30/],
    ['backup_window: 10:00-10:15', /a backup_window of the database lasts at least 30 minutes/],
  ])('E4-16: of a database, %s', async (text, message) => {
    const found = await errors(infrastructure('staging', `database: { ${text} }`));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(message);
  });

  test('E4-15: two environments never share addresses, said or not', async () => {
    expect(await errors(infrastructure('staging', 'network: { cidr: 10.0.128.0/17 }'))).toEqual([
      'environments/staging.yaml:14:36 10.0.128.0/17 has addresses that production has already in 10.0.0.0/16',
    ]);
    expect(await errors(infrastructure('staging', 'network: { cidr: 10.9.0.0/24 }'))).toEqual([
      expect.stringMatching(/a network is from \/16 to \/20, and 10\.9\.0\.0\/24 is not$/),
    ]);
  });

  test('a cache in two zones is more than one node', async () => {
    const cache = 'resources:\n  cache: { instance_type: cache.t4g.small, multi_az: true }\n  api:';
    const file = edited(environments['environments/staging.yaml'] ?? '', 'resources:\n  api:', cache);
    const text = `${file}infrastructure: { cache: { nodes: 1 } }\n`;
    expect(await errors({ 'plumbline.yaml': appYaml, ...environments, 'environments/staging.yaml': text })).toEqual([
      expect.stringMatching(/cache is multi_az, and one node is in one zone: say 2$/),
    ]);
  });
});

test('two services never answer one path, be it a route or the assets', async () => {
  expect(await errors(app('health: /healthz\n', 'health: /healthz\n    assets: /api/\n'))).toEqual([
    'plumbline.yaml:21:13 the route /api/ belongs to the service backend already: a request could go to either',
  ]);
});
