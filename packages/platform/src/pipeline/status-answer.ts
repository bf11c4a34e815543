import type { Delivery } from '@plumbline/contract/delivery';
import type { Platform } from '@plumbline/contract/platform';
import { z } from 'zod';
import { auditHead } from '../audit/read.ts';
import { settingsOf } from '../environments/settings.ts';
import { notifierNotes } from '../monitoring/answers.ts';
import type { World } from '../world.ts';
import { climbsOf } from './climb-table.ts';
import { showClimb } from './show.ts';
import { environmentStatus, waitingFor } from './status.ts';

const version = '0.1.0';

/** Everything at a glance: what `plumb status` and the first page of a console show. */
export const statusAnswer =
  (world: World): Platform['status'] =>
  async (_, who) => {
    const described = await world.described();
    const { description, environments } = described;
    const shown = await Promise.all(
      description.path.map((name, position) => {
        const { freezes } = settingsOf(described, name, 'local');
        return environmentStatus(world, { name, position, freezes }, who, world.closing);
      }),
    );
    const deliveries = shown.flatMap(({ delivery, queued }): Delivery[] =>
      [delivery, queued].filter((one) => one !== null),
    );
    const [climb] = await climbsOf(world.database, 1);
    const scaled = environments
      .filter(({ auto_scaling }) => auto_scaling === 'enabled')
      .map(({ environment }) => environment);
    const optional = shown.flatMap(({ name, stores }) =>
      stores.filter(({ state }) => state === 'off').map(({ because }) => `${name}: ${because}`),
    );
    return {
      app: description.app,
      folder: world.directory,
      version,
      controlPlane: { instance: world.lease.instance, startedAt: world.startedAt, others: await otherInstances(world) },
      environments: shown,
      climb: climb ? showClimb(climb) : null,
      waiting: [...waitingFor(deliveries)],
      notes: [
        ...(scaled.length > 0 ? [`autoscaling is off on one machine: ${scaled.join(', ')} ask for it`] : []),
        ...new Set(optional),
        ...(await notifierNotes(world)),
      ],
      logIns: (description.seed?.log_ins ?? []).map(({ name, password }) => ({ user: name, password })),
      audit: await auditCounts(world),
    };
  };

const otherInstances = async ({ database, lease }: World): Promise<string[]> => {
  const rows = await database.query(
    'select id from plumbline.instances where id <> $1 and ended_at is null order by id',
    [lease.instance],
    z.object({ id: z.string() }),
  );
  return rows.map(({ id }) => id);
};

const auditCounts = async ({ database, sealed }: World) => ({
  records: (await auditHead(database))?.seq ?? 0,
  sealed: sealed(),
});
