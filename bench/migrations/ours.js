// @ts-check

import { beforeFiles, checkFiles, withCopies } from '@plumbline/platform/migrations/check-files';
import { readSchema } from '@plumbline/platform/migrations/schema-copy';
import { withShadow } from '@plumbline/platform/migrations/shadow';
import { startPostgres } from '@plumbline/platform/migrations/throwaway-postgres';
import { withTracer } from '@plumbline/platform/migrations/trace';
import pg from 'pg';
import { reads, rows, schema, writes } from './base.js';

/** @typedef {import('@plumbline/contract/migration-check').MigrationFinding} MigrationFinding */
/** @typedef {{ readonly findings: readonly MigrationFinding[], readonly ms: number, readonly executed: readonly { readonly sql: string, readonly inTransaction: boolean }[] }} Checked */
/** @typedef {import('./corpus.js').Case} Case */

/**
 * Our own check of each case, in one shadow like the environment that the labels come from.
 * @param {readonly Case[]} wanted
 * @param {{ captured: boolean, tell?: (name: string, checked: Checked) => void }} options
 *   captured: with the statements that the old release sent when it was watched for some rounds
 * @returns {Promise<ReadonlyMap<string, Checked>>}
 */
export const checkAll = async (wanted, { captured, tell }) => {
  const environment = await startPostgres({ settings: ['shared_buffers=256MB', 'autovacuum=off'] });
  try {
    const full = await environment.createDatabase('environment');
    await asking(full, schema);
    await environment.createDatabase('bare', 'environment');
    await asking(full, `${rows} analyze;`);
    const { rows: sizes } = await readSchema(full);
    const sent = captured ? Array.from({ length: 3 }, () => [...writes(), ...reads()]).flat() : [];
    /** @type {Map<string, Checked>} */
    const all = new Map();
    /** @param {string} databaseUrl @param {readonly Case[]} some */
    const checkIn = (databaseUrl, some) =>
      withShadow({ kind: 'like', databaseUrl }, (made) =>
        withTracer({}, async (tracer) => {
          const shadow = { ...made, rows: sizes };
          const before = await beforeFiles(shadow, sent);
          for (const { name, folder, files } of some) {
            const checked = await withCopies(shadow, async (copies) => {
              /** @type {{ sql: string, inTransaction: boolean }[]} */
              const executed = [];
              /** @type {typeof tracer} */
              const listening = {
                ...tracer,
                trace: async (order) => {
                  const traced = await tracer.trace(order);
                  if (order.databaseUrl === copies.ordinary) executed.push(...traced.statements);
                  return traced;
                },
              };
              const started = performance.now();
              const findings = await checkFiles({ shadow, copies, tracer: listening, before, folder, files });
              return { findings, ms: (performance.now() - started) / files.length, executed };
            });
            all.set(name, checked);
            tell?.(name, checked);
          }
        }),
      );
    await checkIn(
      full,
      wanted.filter(({ earlier }) => earlier.length === 0),
    );
    // What an earlier release did is part of the environment, and of its shadow.
    for (const one of wanted.filter(({ earlier }) => earlier.length > 0)) {
      const own = await environment.createDatabase(undefined, 'bare');
      await withTracer({}, async (tracer) => {
        for (const file of one.earlier)
          await tracer.trace({ databaseUrl: own, folder: one.folder, file, existing: null });
      });
      await checkIn(own, [one]);
    }
    return all;
  } finally {
    await environment.stop();
  }
};

/** @param {string} url @param {string} sql */
const asking = async (url, sql) => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
};
