// @ts-check
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

// The runner sets timeouts, and re-runs of a transaction need no IF EXISTS: with these two on, every file would be refused.
const notAsked = [
  'require-timeout-settings',
  'require-lock-timeout',
  'require-statement-timeout',
  'prefer-robust-stmts',
];

/**
 * What squawk says of the SQL that was executed, file by file, told whether it is in a transaction.
 * @param {ReadonlyMap<string, { readonly executed: readonly { readonly sql: string, readonly inTransaction: boolean }[] }>} checked
 * @returns {Promise<(name: string) => boolean>}
 */
export const refusedBySquawk = async (checked) => {
  const { getBinaryPath } = createRequire(import.meta.url)('squawk-cli/js/index.js');
  const folder = await mkdtemp(join(tmpdir(), 'plumb-squawk-'));
  const refused = new Set();
  try {
    for (const [name, { executed }] of checked) {
      const inTransaction = executed.some((one) => one.inTransaction);
      const file = join(folder, `${name}.sql`);
      await writeFile(file, `${executed.map(({ sql }) => sql.replace(/;?\s*$/, ';')).join('\n')}\n`);
      const args = [
        '--pg-version',
        '15',
        '--reporter',
        'json',
        '--exclude',
        notAsked.join(','),
        ...(inTransaction ? ['--assume-in-transaction'] : []),
        file,
      ];
      const { exitCode } = await execa(getBinaryPath(), args, { reject: false });
      if (exitCode !== 0) refused.add(name);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
  return (name) => refused.has(name);
};
