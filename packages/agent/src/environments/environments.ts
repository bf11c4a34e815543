import { Failure } from '@plumbline/contract/failure';
import type { EnvironmentName } from '@plumbline/contract/names';
import type { Environment } from './environment.ts';
import { type OpenEnvironmentNeeds, openEnvironment } from './open-environment.ts';

/** Every environment of the agent, each opened when it is first asked for. */
export interface Environments {
  get(name: EnvironmentName): Promise<Environment>;
  names(): readonly EnvironmentName[];
  rotateLogs(): void;
  stop(): Promise<void>;
}

export interface EnvironmentsNeeds extends Omit<OpenEnvironmentNeeds, 'plainPort'> {
  /** Listens for one environment alone; gives the port. */
  readonly listenPlain: (name: EnvironmentName) => Promise<number>;
}

export const openEnvironments = (needs: EnvironmentsNeeds): Environments => {
  const asked = new Map<EnvironmentName, Promise<Environment>>();
  const opened = new Map<EnvironmentName, Environment>();

  const open = async (name: EnvironmentName): Promise<Environment> => {
    if (name === 'control')
      throw new Failure('bad-input', 'an environment cannot be called control', {
        hint: 'the control plane’s own database has that name: choose another',
      });
    let port = 0;
    const environment = await openEnvironment(name, { ...needs, plainPort: () => port });
    await environment.untilAdoptedAnswer();
    port = await needs.listenPlain(name);
    opened.set(name, environment);
    return environment;
  };

  return {
    get: (name) => {
      const there = asked.get(name);
      if (there) return there;
      const opening = open(name);
      asked.set(name, opening);
      // What is wrong may be mended, so the next one who asks tries anew.
      opening.catch(() => asked.delete(name));
      return opening;
    },
    names: () => [...opened.keys()],
    rotateLogs: () => {
      for (const one of opened.values()) one.rotateLogs();
    },
    stop: async () => {
      await Promise.allSettled(asked.values());
      await Promise.all([...opened.values()].map((one) => one.stop()));
    },
  };
};
