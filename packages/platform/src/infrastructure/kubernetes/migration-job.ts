import { Failure } from '@plumbline/contract/failure';
import type { IJob } from 'kubernetes-models/batch/v1/Job';
import type { IContainer } from 'kubernetes-models/v1/Container';
import type { Description } from '../../environments/description.ts';
import type { Service } from '../../environments/service.ts';
import { databasesOf, variableOf } from '../../environments/stores.ts';
import type { Place } from '../renderer.ts';
import { migrationImage } from './images.ts';
import { appLabels } from './labels.ts';
import { containerOf, podBasics } from './pod.ts';
import { migrationPriority } from './priority-classes.ts';

type Labels = Readonly<Record<string, string>>;

/** By which the migration's pod is found. No Service and no budget has it: it answers nobody. */
export const migrationSelector = ({ description }: Place): Labels => ({
  'app.kubernetes.io/name': `${description.app}-migration`,
  'app.kubernetes.io/component': 'migration',
});

/**
 * Brings the database to what the release needs, before the release gets a slot, in the cluster, where the database can be
 * reached, and from the very image that is to run (E6-2). Each release runs it once, under a name of its own: a Job's
 * template cannot change. It is never tried again by itself, for a migration that failed half way is looked at first.
 */
export const migrationJobs = (place: Place): readonly IJob[] => {
  const { migrations, services, app } = place.description;
  const service = migrations && services[migrations.service];
  if (!service) return [];
  const labels = { ...migrationSelector(place), ...appLabels(place) };
  const container = containerOf(place, migrations.service, service, migrationImage(place, migrations.service));
  const lockWait = { name: 'PGOPTIONS', value: timeoutsOf(place) };
  return [
    {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: `${app}-migration`, namespace: place.names.namespace, labels },
      spec: {
        backoffLimit: 0,
        completions: 1,
        parallelism: 1,
        activeDeadlineSeconds: Math.ceil(place.settings.timeouts.migrationsMs / 1_000),
        ttlSecondsAfterFinished: 86_400,
        template: {
          metadata: { labels },
          spec: {
            ...podBasics(place, migrations.service),
            restartPolicy: 'Never',
            priorityClassName: migrationPriority(place),
            terminationGracePeriodSeconds: 60,
            containers: [
              {
                ...container,
                name: 'migration',
                ...programOf(place, migrations, service),
                env: [...(container.env ?? []), lockWait],
              },
            ],
          },
        },
      },
    },
  ];
};

type Migrations = NonNullable<Description['migrations']>;
type KnexMigrations = Extract<Migrations, { kind: 'knex' }>;

type Program = Pick<IContainer, 'command' | 'args'>;

/**
 * knex's own runner, of the service's own node_modules; Kubernetes puts the address in for `$(DATABASE_URL)`. `node` is the
 * entry point of an image that starts with it, and lies on no PATH in one that has no shell.
 */
const programOf = (place: Place, migrations: Migrations, service: Service): Program => {
  switch (migrations.kind) {
    case 'command': {
      const [program, ...args] = migrations.run;
      return program === 'node' ? { args } : { command: [...migrations.run] };
    }
    case 'knex': {
      const address = `$(${addressVariable(place, migrations, service)})`;
      const where = ['--connection', address, '--migrations-directory', `./${migrations.directory}`];
      return { args: ['node_modules/knex/bin/cli.js', 'migrate:latest', '--client', 'pg', ...where] };
    }
    default:
      return migrations satisfies never;
  }
};

const addressVariable = ({ description }: Place, { store }: KnexMigrations, service: Service): string => {
  const name = store ?? databasesOf(description, service)[0];
  const described = name === undefined ? undefined : description.stores[name];
  if (name === undefined || !described) throw new Failure('bug', 'the migrations have no database');
  return variableOf(name, described);
};

/** A migration that waits for a lock makes everybody wait behind it, so that it gives up soon (E6-9). */
const timeoutsOf = ({ settings }: Place): string =>
  `-c lock_timeout=5s -c statement_timeout=${Math.ceil(settings.timeouts.statementMs / 1_000)}s`;
