import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Phase } from '@plumbline/contract/release';
import { checkoutOf, commitAll } from './checkout.ts';

export interface Behaviour {
  readonly says?: string;
  readonly crashes?: boolean;
  readonly neverReady?: boolean;
  readonly wrongVersion?: boolean;
  /** Share of the visitors' requests that it answers with 500; the smoke test's are not among them. */
  readonly failsPercent?: number;
  /** How long it takes over each of the visitors' requests. */
  readonly slowMs?: number;
}

/** A git checkout of a small app, whose next commit can be made to misbehave. */
export interface Shop {
  readonly folder: string;
  /** Commits the behaviour, and the migrations beside it; answers the commit. */
  commit(behaviour: Behaviour, ...migrations: readonly Migration[]): Promise<string>;
  /** Writes environments/production.yaml anew, from its name on; takes effect with the next delivery. */
  setProduction(yaml: string): Promise<void>;
}

/** What a migration does, by its file's name. */
export interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly phase?: Phase;
}

/** What the shop keeps its goods in; `no` is the quickest. */
export type ShopDatabase = 'postgres' | 'no';

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
    variables: { FAILS_PERCENT: 0 }
checks:
  audit: { required: false }
smoke:
  - { get: /, contains: '"service":"web"' }
`;

const environments = {
  development: 'environment: development\nlocal: { replicas: 1, bake: 0s }\n',
  production: 'environment: production\napprovals: { count: 0 }\nlocal: { replicas: 2, bake: 1s }\n',
};

const withPostgres = `stores:
  database: { kind: postgres, version: 15 }
migrations: { service: web, kind: knex, directory: migrations }
`;

const goods: Migration = { name: '001-goods', sql: 'create table goods (name text not null)' };

const writeMigration = (folder: string, { name, sql, phase }: Migration): Promise<void> =>
  writeFile(
    join(folder, 'web', 'migrations', `${name}.mjs`),
    `${phase ? `export const phase = '${phase}';\n` : ''}export const up = (knex) => knex.raw(${JSON.stringify(sql)});\n`,
  );

export const openShop = async (folder: string, database: ShopDatabase = 'no'): Promise<Shop> => {
  await checkoutOf(folder, {
    'plumbline.yaml':
      database === 'no'
        ? description
        : description.replace('    drain_within', '    needs: [database]\n    drain_within') + withPostgres,
    'environments/development.yaml': environments.development,
    'environments/production.yaml': environments.production,
    'web/server.mjs': await readFile(new URL('shop.mjs', import.meta.url), 'utf8'),
    'web/behaviour.json': '{}',
  });
  if (database === 'postgres') {
    await mkdir(join(folder, 'web', 'migrations'));
    await writeMigration(folder, goods);
  }
  return {
    folder,
    setProduction: (yaml) =>
      writeFile(
        join(folder, 'environments', 'production.yaml'),
        `environment: production\napprovals: { count: 0 }\n${yaml}`,
      ),
    commit: async (behaviour, ...migrations) => {
      await writeFile(join(folder, 'web', 'behaviour.json'), JSON.stringify(behaviour));
      for (const one of migrations) await writeMigration(folder, one);
      return commitAll(folder, `The shop says ${behaviour.says ?? 'nothing'}`);
    },
  };
};
