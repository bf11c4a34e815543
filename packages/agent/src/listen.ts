import { Failure } from '@plumbline/contract/failure';
import type { EnvironmentName } from '@plumbline/contract/names';
import type { Ports } from './home/ports.ts';
import type { Router } from './router/router.ts';

export const usualRouterPort = 4680;

export interface ListenNeeds {
  readonly router: Router;
  readonly ports: Ports;
  /** Says that an address is not the usual one. */
  readonly note: (text: string) => void;
  /** The system chooses where no port is remembered: for a test or a demonstration beside others. */
  readonly anyPort: boolean;
}

/** Listens on the common port. One that was asked for has to be free; the usual one gives way to another. */
export const listenCommon = async (wanted: number | undefined, needs: ListenNeeds): Promise<number> => {
  const { router, ports, note, anyPort } = needs;
  const isAskedFor = wanted !== undefined && wanted !== 0;
  const first = isAskedFor ? wanted : (ports.of('router') ?? (anyPort ? 0 : usualRouterPort));
  const others = isAskedFor ? [] : [first + 100, first + 200, first + 300, 0];
  const port = await firstFree([first, ...others], (one) => router.listen(one));
  if (first !== 0 && port !== first) note(`port ${first} is taken by another program: the router listens on ${port}`);
  await ports.remember('router', port);
  return port;
};

/** Listens on a port for one environment alone: the one it had, else the first free after the usual common port. */
export const listenPlain = async (environment: EnvironmentName, needs: ListenNeeds): Promise<number> => {
  const { router, ports, note, anyPort } = needs;
  const purpose = `plain/${environment}`;
  const had = ports.of(purpose);
  const others = anyPort ? [0] : [...unclaimed(ports), 0];
  const port = await firstFree(had === undefined ? others : [had, ...others], (one) =>
    router.listenFor(environment, one),
  );
  if (had !== undefined && port !== had)
    note(`port ${had} is taken by another program: ${environment} is on ${port} now`);
  await ports.remember(purpose, port);
  return port;
};

const plainPortsTried = 60;

const unclaimed = (ports: Ports): readonly number[] => {
  const claimed = new Set(Object.values(ports.all()));
  const inOrder = Array.from({ length: plainPortsTried }, (_, index) => usualRouterPort + 1 + index);
  return inOrder.filter((port) => !claimed.has(port));
};

const firstFree = async (candidates: readonly number[], listen: (port: number) => Promise<number>): Promise<number> => {
  for (const [index, port] of candidates.entries()) {
    try {
      return await listen(port);
    } catch (error) {
      const isLast = index === candidates.length - 1;
      if (isLast || !(error instanceof Failure && error.code === 'port-taken')) throw error;
    }
  }
  throw new Error('no port to listen on was given');
};
