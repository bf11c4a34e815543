import http from 'node:http';
import { errorCode } from '../home/storage-failure.ts';
import type { ProbeOutcome } from './facts.ts';

/** How long a replica may take to answer a probe, in milliseconds. */
export const probeWithinMs = 2_000;

/** Asks a replica's path for a 2xx, on a connection of its own: kept ones would tell of a replica that takes no new. */
export const probe = (port: number, path: string, signal: AbortSignal): Promise<ProbeOutcome> =>
  new Promise((resolve) => {
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(probeWithinMs)]);
    const request = http.get({ host: '127.0.0.1', port, path, agent: false, signal: deadline }, (response) => {
      const status = response.statusCode ?? 0;
      response.resume();
      response.once('error', () => undefined);
      resolve(status >= 200 && status < 300 ? { ok: true } : failed(path, `answered ${status}`));
    });
    request.once('error', (error) => resolve(failed(path, whyNot(error, deadline))));
  });

const failed = (path: string, what: string): ProbeOutcome => ({ ok: false, because: `GET ${path} ${what}` });

const whyNot = (error: Error, deadline: AbortSignal): string => {
  if (deadline.aborted) return `got no answer within ${probeWithinMs / 1000} s`;
  return errorCode(error) === 'ECONNREFUSED' ? 'found nobody at $PORT' : `failed: ${errorCode(error) ?? error.message}`;
};
