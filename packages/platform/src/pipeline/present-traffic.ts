import type { Observation } from '@plumbline/contract/agent';
import type { EnvironmentName } from '@plumbline/contract/names';
import { sleep } from '../kernel/wait.ts';
import type { DeliverDeps } from './deliver-deps.ts';
import type { Traffic } from './expect-verdicts.ts';

/** Long enough for a rate, short enough for a person who waits for a plan. */
const lookMs = 1_000;

/** What visitors ask for now, by service, from two looks at an environment's counts. */
export const presentTraffic = async (
  { target, monotonicMs }: Pick<DeliverDeps, 'target' | 'monotonicMs'>,
  environment: EnvironmentName,
  signal: AbortSignal,
): Promise<Traffic> => {
  const began = monotonicMs();
  const before = requestsOf(await target.observe(environment, { signal }));
  await sleep(lookMs, signal);
  const after = requestsOf(await target.observe(environment, { signal }));
  const seconds = (monotonicMs() - began) / 1000;
  return Object.fromEntries(
    Object.entries(after).map(([service, requests]) => [
      service,
      Math.max(0, requests - (before[service] ?? 0)) / seconds,
    ]),
  );
};

const requestsOf = ({ slotCounts }: Observation): Readonly<Record<string, number>> => {
  const all: Record<string, number> = {};
  for (const services of Object.values(slotCounts))
    for (const [service, { requests }] of Object.entries(services)) all[service] = (all[service] ?? 0) + requests;
  return all;
};
