import type { Manifest } from '../manifest.ts';
import { broken } from './broken.ts';
import { ofKind, servingOf, variable, workloadsOf } from './of-kind.ts';
import type { Rule } from './rule.ts';

const isMigration = (labels: Readonly<Record<string, string>>): boolean =>
  labels['app.kubernetes.io/component'] === 'migration';

const usesDatabase = (all: readonly Manifest[]): boolean =>
  servingOf(all).some(({ containers }) => containers.some((one) => variable(one, 'DATABASE_URL') !== undefined));

const inTheCluster: Rule = {
  id: 'E6-2',
  find: (all) => {
    const jobs = ofKind(all, 'Job').filter(({ spec }) => isMigration(spec?.template.metadata?.labels ?? {}));
    return [
      ...broken(
        null,
        jobs.length === 0 && usesDatabase(all),
        'no Job migrates: a runner outside does not reach a private database',
      ),
      ...jobs.flatMap((job) => [
        ...broken(job, job.spec?.backoffLimit !== 0, 'is tried again by itself: backoffLimit 0'),
        ...broken(job, !job.spec?.activeDeadlineSeconds, 'may take for ever: activeDeadlineSeconds'),
        ...broken(job, job.spec?.template.spec?.restartPolicy !== 'Never', 'restarts its pod: restartPolicy Never'),
      ]),
    ];
  },
};

const lockTimeout: Rule = {
  id: 'E6-9',
  find: (all) => {
    const migrating = workloadsOf(all).filter(({ labels }) => isMigration(labels));
    return [
      ...broken(
        null,
        migrating.length === 0 && usesDatabase(all),
        'nothing bounds how long a migration waits for a lock',
      ),
      ...migrating.flatMap(({ manifest, containers }) =>
        containers.flatMap((one) => {
          const options = variable(one, 'PGOPTIONS')?.value ?? '';
          const isBounded = /lock_timeout=\d/.test(options) && /statement_timeout=\d/.test(options);
          return broken(manifest, !isBounded, 'waits for locks for ever: lock_timeout and statement_timeout');
        }),
      ),
    ];
  },
};

export const migrationRules: readonly Rule[] = [inTheCluster, lockTimeout];
