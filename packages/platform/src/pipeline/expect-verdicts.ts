import type { ServiceName } from '@plumbline/contract/names';
import { requestsNeeded } from '../monitoring/requests-needed.ts';
import type { Underway } from './underway.ts';

/** Requests a second that each service gets from all visitors now. */
export type Traffic = Readonly<Record<ServiceName, number>>;

/** What a judged step waits for: the service that takes longest. */
export interface ExpectedVerdict {
  readonly service: ServiceName;
  readonly requestsNeeded: number;
  /** Null where the service gets no visitors. */
  readonly verdictMs: number | null;
}

/** What a healthy candidate fails of its requests, for what is to be expected of it. */
const healthyShare = 0.001;

/** For each step, what its verdict takes at the present traffic; null where it needs none. Tests that passed are not begun again. */
export const expectVerdicts = (
  { steps, judge }: Pick<Underway, 'steps' | 'judge'>,
  traffic: Traffic,
): readonly (ExpectedVerdict | null)[] => {
  if (judge === null) return steps.map(() => null);
  const first = steps.findIndex(({ judged }) => judged);
  const { typical } = requestsNeeded(judge, healthyShare);
  return steps.map(({ judged, shape }, index) => {
    if (!judged) return null;
    const requests = Math.max(judge.leastRequests, index === first ? typical : 0);
    return slowest(
      judge.services,
      requests,
      (service) => ((traffic[service] ?? 0) * shape.candidateWeightPercent) / 100,
    );
  });
};

const slowest = (
  services: readonly ServiceName[],
  requests: number,
  perSecond: (service: ServiceName) => number,
): ExpectedVerdict | null => {
  const [service] = [...services].sort((a, b) => perSecond(a) - perSecond(b));
  if (service === undefined) return null;
  const rate = perSecond(service);
  return { service, requestsNeeded: requests, verdictMs: rate > 0 ? Math.round((1000 * requests) / rate) : null };
};
