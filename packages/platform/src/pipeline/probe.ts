import type { ServiceName } from '@plumbline/contract/names';
import type { ReleaseContent, ReleasedService } from '@plumbline/contract/release';
import { request } from 'undici';
import type { Probed } from '../rollout/evidence.ts';

/** A request of ours that stands in for a visitor's, and the service that answers it. */
export interface Probe {
  readonly service: ServiceName;
  readonly path: string;
}

/** Requests to each service at one look. */
const perLook = 5;
const answerWithinMs = 5_000;
/** As a watch sends them where visitors are too few: after a while in which nobody knows that yet, twice a second. */
const nobodyKnowsForMs = 5_000;
const looksPerSecond = 2;

/** About how long it takes to send that many to each service. */
export const probesTakeMs = (requests: number): number =>
  nobodyKnowsForMs + Math.round((1000 * requests) / (perLook * looksPerSecond));

/**
 * What a release can be asked without changing anything: the smoke test's GETs that carry nothing over from an earlier
 * step, and the paths that say whether a service is ready, where visitors' addresses lead to them.
 */
export const probesOf = ({ services, smoke }: Pick<ReleaseContent, 'services' | 'smoke'>): readonly Probe[] => {
  const asked = smoke
    .filter(({ method, path, headers }) => method === 'GET' && !`${path}${JSON.stringify(headers)}`.includes('{{'))
    .flatMap(({ path }) => probeAt(services, path));
  const ready = services.flatMap(({ name, health }) =>
    probeAt(services, health).filter(({ service }) => service === name),
  );
  return [...asked, ...ready];
};

/** Sends some of the probes to an address; answers how many each service got to see. */
export const probe = async (address: string, probes: readonly Probe[], signal: AbortSignal): Promise<Probed> => {
  const services = [...new Set(probes.map(({ service }) => service))];
  const rounds = services.map(async (service) => {
    const paths = probes.filter((one) => one.service === service).map(({ path }) => path);
    let seen = 0;
    for (let sent = 0; sent < perLook; sent++)
      if (await isAnswered(address, paths[sent % paths.length] ?? '/', signal)) seen++;
    return [service, seen] as const;
  });
  return Object.fromEntries(await Promise.all(rounds));
};

const probeAt = (services: readonly ReleasedService[], path: string): readonly Probe[] => {
  const routed = services.filter(({ route }) => route !== null && leadsTo(route, path));
  const [nearest] = routed.sort((a, b) => (b.route?.length ?? 0) - (a.route?.length ?? 0));
  return nearest && path !== '' ? [{ service: nearest.name, path }] : [];
};

const leadsTo = (route: string, path: string): boolean =>
  route === '/' || path === route || path.startsWith(`${route}/`) || path.startsWith(`${route}?`);

/** Whether the request came to be counted: any status will do, for the target counts what it means. */
const isAnswered = async (address: string, path: string, signal: AbortSignal): Promise<boolean> => {
  const { host, port } = new URL(address);
  try {
    const answer = await request(`http://127.0.0.1:${port || 80}${path}`, {
      headers: { host, 'user-agent': 'plumbline-probe' },
      signal: AbortSignal.any([signal, AbortSignal.timeout(answerWithinMs)]),
    });
    await answer.body.dump();
    return true;
  } catch (error) {
    if (signal.aborted) throw error;
    // A request that got no answer may not have been counted either; the target knows.
    return false;
  }
};
