import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Of one connection only (RFC 9110, 7.6.1), or ours to say: nobody in front of the router is trusted. */
const notForwarded = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authorization',
  'transfer-encoding',
  'te',
  'trailer',
  'upgrade',
  'http2-settings',
  'expect',
  'forwarded',
  'x-real-ip',
  'x-request-id',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-prefix',
  'x-forwarded-proto',
  'x-forwarded-server',
]);

/** The request's own identifier, where it is one that can stand in a log line; else a new one. */
export const requestIdOf = (request: IncomingMessage): string => {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && /^[A-Za-z0-9._:-]{1,128}$/.test(given) ? given : randomUUID();
};

/** The request's head as a replica gets it: names and values in turn, in the order in which they came, then ours. */
export const forwardedHeaders = (request: IncomingMessage, requestId: string): string[] => {
  const raw = request.rawHeaders;
  const nominated = nominatedBy(request.headers.connection);
  const headers: string[] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) {
    // Both are there: node gives names and values in pairs.
    const name = raw[at] as string;
    const lower = name.toLowerCase();
    if (notForwarded.has(lower) || nominated?.includes(lower)) continue;
    headers.push(name, raw[at + 1] as string);
  }
  headers.push(
    'x-forwarded-for',
    addressOf(request),
    'x-forwarded-proto',
    'http',
    'x-forwarded-host',
    request.headers.host ?? '',
    'x-request-id',
    requestId,
  );
  return headers;
};

/** What `connection` names beside its two usual words belongs to this connection as well. */
export const nominatedBy = (connection: string | undefined): readonly string[] | null => {
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') return null;
  return connection
    .toLowerCase()
    .split(',')
    .map((token) => token.trim());
};

const addressOf = (request: IncomingMessage): string => {
  const address = request.socket.remoteAddress ?? 'unknown';
  return address.startsWith('::ffff:') ? address.slice(7) : address;
};
