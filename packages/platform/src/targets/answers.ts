import { secretNames, storeAddresses } from '@plumbline/contract/agent';
import { Failure } from '@plumbline/contract/failure';
import type { EnvironmentName } from '@plumbline/contract/names';
import type { Platform } from '@plumbline/contract/platform';
import { z } from 'zod';
import { record } from '../audit/record.ts';
import { neededSecrets } from '../environments/secrets.ts';
import type { World } from '../world.ts';
import { knownEnvironment, logsOf } from './logs.ts';

type Answers = Pick<Platform, 'logs' | 'database' | 'secrets' | 'setSecret'>;

/** What an environment's target knows: its logs, its database, its secrets' names. */
export const targetAnswers = ({ agent, target, database, described, closing }: World): Answers => {
  const demandEnvironment = async (name: EnvironmentName): Promise<void> =>
    knownEnvironment((await described()).environments, name);
  return {
    logs: logsOf({ target, described }),
    database: async ({ environment }, who) => {
      await demandEnvironment(environment);
      const stores = await agent.ask(
        { method: 'GET', path: `/environments/${environment}/stores`, signal: closing },
        storeAddresses,
      );
      const { description } = await described();
      const name = Object.entries(description.stores).find(([, { kind }]) => kind === 'postgres')?.[0];
      const url = Object.entries(stores).find(([store]) => store === name)?.[1].url;
      if (!url)
        throw new Failure('not-found', `${environment} has no database yet`, {
          hint: `plumb deliver ${environment} makes it`,
        });
      await database.transaction((tx) =>
        record(tx, {
          who: who.name,
          what: 'database.opened',
          subject: environment,
          why: null,
          detail: {},
          key: `database/${environment}/${who.name}/${Date.now()}`,
        }),
      );
      return { url };
    },
    secrets: async ({ environment }) => {
      await demandEnvironment(environment);
      const { names } = await agent.ask(
        { method: 'GET', path: `/environments/${environment}/secrets`, signal: closing },
        secretNames,
      );
      const needed = neededSecrets((await described()).description);
      const unused = names.filter((name) => !needed.some((one) => one.name === name));
      return [
        ...needed.map(({ name, usedBy }) => ({ name, set: names.includes(name), usedBy: [...usedBy] })),
        ...unused.map((name) => ({ name, set: true, usedBy: [] })),
      ];
    },
    setSecret: async ({ environment, secret, value }, who) => {
      await demandEnvironment(environment);
      await agent.ask(
        { method: 'PUT', path: `/environments/${environment}/secrets/${secret}`, body: { value }, signal: closing },
        z.unknown(),
      );
      await database.transaction((tx) =>
        record(tx, {
          who: who.name,
          what: 'secret.set',
          subject: `${environment}/${secret}`,
          why: null,
          detail: {},
          key: `secret/${environment}/${secret}/${Date.now()}`,
        }),
      );
      return { name: secret, set: true };
    },
  };
};
