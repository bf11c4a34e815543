import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkoutOf, commitAll } from './checkout.ts';

export interface Behaviour {
  readonly says?: string;
  readonly crashes?: boolean;
  readonly neverReady?: boolean;
  readonly wrongVersion?: boolean;
}

/** A git checkout of a small app without a database, whose next commit can be made to misbehave. */
export interface Shop {
  readonly folder: string;
  /** Commits the behaviour; answers the commit. */
  commit(behaviour: Behaviour): Promise<string>;
}

const description = `app: shop
path: [development, production]
services:
  web:
    directory: web
    start: [node, server.mjs]
    route: /
    health: /health
    version: { path: /version, field: release }
    start_within: 8s
    drain_within: 10s
checks:
  audit: { required: false }
smoke:
  - { get: /, contains: '"service":"web"' }
`;

const environments = {
  development: 'environment: development\nlocal: { replicas: 1, bake: 0s }\n',
  production: 'environment: production\napprovals: { count: 0 }\nlocal: { replicas: 2, bake: 1s }\n',
};

export const openShop = async (folder: string): Promise<Shop> => {
  await checkoutOf(folder, {
    'plumbline.yaml': description,
    'environments/development.yaml': environments.development,
    'environments/production.yaml': environments.production,
    'web/server.mjs': await readFile(new URL('shop.mjs', import.meta.url), 'utf8'),
    'web/behaviour.json': '{}',
  });
  return {
    folder,
    commit: async (behaviour) => {
      await writeFile(join(folder, 'web', 'behaviour.json'), JSON.stringify(behaviour));
      return commitAll(folder, `The shop says ${behaviour.says ?? 'nothing'}`);
    },
  };
};
