// @ts-check
import { createHash } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { declaredPhase } from '@plumbline/platform/migrations/declared-phase';

/** @typedef {import('@plumbline/platform/migrations/migrate').MigrateOrder} MigrateOrder */

/**
 * An artefact of migrations alone.
 *
 * @param {string} databaseUrl
 * @param {Readonly<Record<string, string>>} files
 * @returns {Promise<MigrateOrder>}
 */
export const artefact = async (databaseUrl, files) => {
  const folder = await mkdtemp(join(tmpdir(), 'plumb-bench-'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const digestOf = /** @param {string} text */ (text) => `sha256:${createHash('sha256').update(text).digest('hex')}`;
  const described = {
    service: 'app',
    kind: 'knex',
    directory: '.',
    digest: digestOf(''),
    store: 'database',
    files: Object.entries(files).map(([name, text]) => ({
      name,
      digest: digestOf(text),
      phase: declaredPhase(name, text),
    })),
  };
  // The names have their brands where an app's description is read.
  const migrations = /** @type {MigrateOrder['migrations']} */ (/** @type {unknown} */ (described));
  return { folder, databaseUrl, migrations, names: Object.keys(files) };
};
