import { expect, test } from 'vitest';
import { loadDescription } from '../environments/read.ts';
import { appYaml, described, environments } from '../testing/descriptions.ts';
import { placesOf } from './places.ts';

const places = async (files: Readonly<Record<string, string>>) => placesOf(await loadDescription(described(files)));

const connect2 = () => places({ 'plumbline.yaml': appYaml, ...environments });

/** What the specification writes by hand, each time anew: 2.2, 3.1, 4.1 and 5.1. */
const specification = [
  ['development', 'dev', 'connect2-dev', 'development', 'dev.connect2.blueprint.com', 'dev/terraform.tfstate'],
  ['staging', 'staging', 'connect2-staging', 'staging', 'staging.connect2.blueprint.com', 'staging/terraform.tfstate'],
  ['production', 'production', 'connect2-prod', 'production', 'connect2.blueprint.com', 'production/terraform.tfstate'],
];

test('E0-2: one table gives every environment the names that the specification has for it', async () => {
  const rows = (await connect2()).map(({ names }) => [
    names.environment,
    names.folder,
    names.cluster,
    names.namespace,
    names.domain,
    names.stateKey,
  ]);
  expect(rows).toEqual(specification);
});

test('E2-5: the state of each account has a bucket of its own', async () => {
  const account = (name: string, digits: string) => ({
    [`environments/${name}.yaml`]: `${environments[`environments/${name}.yaml`]}infrastructure: { account: "${digits}" }\n`,
  });
  const all = await places({
    'plumbline.yaml': appYaml,
    ...account('development', '111122223333'),
    ...account('staging', '444455556666'),
    ...account('production', '777788889999'),
  });
  expect(new Set(all.map(({ names }) => names.stateBucket)).size).toBe(3);
});

test('the only database of an app is called as the specification calls it, and several say which they are', async () => {
  const [, , production] = await connect2();
  expect(production?.names).toMatchObject({
    databases: { database: 'connect2_prod' },
    instances: { database: 'connect2-prod', cache: 'connect2-prod' },
  });
  const [only] = await places({
    'plumbline.yaml': `app: my-shop
path: [moon]
services: { web: { start: [x], route: /, health: /up } }
stores: { main: { kind: postgres }, old-one: { kind: postgres } }
`,
  });
  expect(only?.names.databases).toEqual({ main: 'my_shop_moon_main', 'old-one': 'my_shop_moon_old_one' });
  expect(only?.names).toMatchObject({ folder: 'moon', cluster: 'my-shop-moon', domain: null });
});

test('E3-1: each service has an image of its own, in the registry that the environment says', async () => {
  const repository = `${appYaml}repository: Blueprint/connect2\n`;
  const [development, , production] = await places({
    'plumbline.yaml': repository,
    ...environments,
    'environments/development.yaml': `${environments['environments/development.yaml']}infrastructure: { registry: ghcr }\n`,
    'environments/production.yaml': `${environments['environments/production.yaml']}infrastructure: { account: "777788889999" }\n`,
  });
  // E3-6: an image's name is lower case, whatever its owner's is.
  expect(development?.names.images).toEqual({
    backend: 'ghcr.io/blueprint/connect2-backend',
    frontend: 'ghcr.io/blueprint/connect2-frontend',
  });
  expect(production?.names.images).toEqual({
    backend: '777788889999.dkr.ecr.us-west-2.amazonaws.com/connect2-backend',
    frontend: '777788889999.dkr.ecr.us-west-2.amazonaws.com/connect2-frontend',
  });
});
