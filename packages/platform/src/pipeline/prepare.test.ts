import { digest, environmentName } from '@plumbline/contract/names';
import { type Release, releaseContent } from '@plumbline/contract/release';
import { expect, test } from 'vitest';
import { modelTarget } from '../targets/model.ts';
import { planDelivery } from './prepare.ts';
import { first, plainSettings, releaseNamed } from './testing/shop.ts';

const production = environmentName.parse('production');
const files = ['1_loans.js', '2_fees.js'].map((name) => ({ name, digest: digest.parse(`sha256:${'0'.repeat(64)}`) }));

const migrated = (): Release => {
  const release = releaseNamed(first);
  const [all] = files;
  const migrations = { kind: 'knex', service: 'web', directory: 'm', digest: all?.digest, files, store: 'database' };
  const stores = [{ name: 'database', kind: 'postgres', version: '15', optional: false }];
  return { ...release, content: releaseContent.parse({ ...release.content, migrations, stores }) };
};

const planned = (kind: 'deliver' | 'roll-back', missing: readonly string[]) =>
  planDelivery(
    {
      settings: async () => plainSettings(production),
      unpack: async () => ({}),
      target: modelTarget(),
      migrations: { pending: async () => missing, run: async () => [], seed: async () => undefined },
      monotonicMs: () => 0,
      database: { query: async () => [], execute: async () => 0 },
    },
    {
      kind,
      environment: {
        ...{ name: production, live: null, live_since: null, settings: null, holder: null, generation: 0 },
        shape: null,
        specs: { blue: null, green: null },
      },
      release: migrated(),
    },
    new AbortController().signal,
  );

test('a release whose schema is gone is refused as a way back, with what is missing and how to have it again', async () => {
  await expect(planned('roll-back', ['2_fees.js'])).rejects.toThrow(
    `the schema that ${first} needs is gone: the database of production no longer has 2_fees.js. Deliver it`,
  );
});

test('a release whose schema is there is a way back, and migrates nothing', async () => {
  expect((await planned('roll-back', [])).plan.migrations).toEqual([]);
});

test('delivered anew, it brings its schema along', async () => {
  expect((await planned('deliver', ['2_fees.js'])).plan.migrations).toEqual(['2_fees.js']);
});
