import { randomUUID } from 'node:crypto';
import type { Platform } from '@plumbline/contract/platform';
import { readLocalSecrets } from '../environments/secrets.ts';
import type { World } from '../world.ts';
import type { AddressBook } from './addressed.ts';
import { notificationsOf, troubledNotifiers } from './notification-table.ts';
import { tryNotifiers } from './try-notifier.ts';

/** Who is told of what, and whether that works. */
export const monitoringAnswers = (world: World): Pick<Platform, 'notifications' | 'testNotifier'> => ({
  notifications: async ({ failed, limit }) => [...(await notificationsOf(world.database, { failed, limit }))],
  testNotifier: async ({ notifier = null, environment = null }, who) => {
    const tests = await tryNotifiers(bookOf(world), { notifier, environment, who: who.name }, world.closing);
    await world.database.transaction(async (tx) => {
      for (const one of tests)
        await world.deps.record(tx, {
          who: who.name,
          what: 'notifier.tested',
          subject: `${one.environment}/${one.notifier}`,
          why: null,
          detail: { arrived: one.arrived, because: one.because },
          key: `notifier/${randomUUID()}`,
        });
    });
    return tests;
  },
});

/** The description as it is now, and the secrets of this machine. */
export const bookOf = ({ home, described }: Pick<World, 'home' | 'described'>): AddressBook => ({
  described,
  secrets: (environment) => readLocalSecrets(home, environment),
});

/** What a person should know of messages that do not arrive. */
export const notifierNotes = async ({ database }: Pick<World, 'database'>): Promise<readonly string[]> =>
  (await troubledNotifiers(database)).map(({ notifier, failed, waiting, because }) => {
    const counts = [failed > 0 && `${failed} not sent`, waiting > 0 && `${waiting} waiting`].filter(Boolean).join(', ');
    return `notifications to ${notifier}: ${counts}, ${because} (plumb notifications)`;
  });
