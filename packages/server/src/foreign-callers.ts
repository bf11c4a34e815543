import { Failure } from '@plumbline/contract/failure';
import type { FastifyRequest } from 'fastify';

const ownNames = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * Refuses what a browser sends for another site's page: a Host that is not ours (DNS rebinding turns a foreign name into
 * 127.0.0.1), and an API call that another origin makes. `same-site` is foreign too: the apps that are delivered on this
 * machine are other ports of the same site.
 */
export const refuseForeignCallers =
  (hosts: readonly string[]) =>
  async (request: FastifyRequest): Promise<void> => {
    const host = request.headers.host ?? '';
    if (![...ownNames, ...hosts].includes(hostNameOf(host))) {
      throw new Failure('not-allowed', `this control plane is not called "${host}"`, {
        hint: 'call it by 127.0.0.1 or localhost',
      });
    }
    if (request.url.startsWith('/api') && isForeign(request, host)) {
      throw new Failure('not-allowed', 'a page of another site may not call the control plane');
    }
  };

const isForeign = ({ headers }: FastifyRequest, host: string): boolean => {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true;
  return headers.origin !== undefined && originHost(headers.origin) !== host;
};

const originHost = (origin: string): string | null => (URL.canParse(origin) ? new URL(origin).host : null);

const hostNameOf = (host: string): string => host.replace(/:\d+$/, '').toLowerCase();
