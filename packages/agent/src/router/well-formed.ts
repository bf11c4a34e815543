import type { IncomingMessage } from 'node:http';
import type { Refusal } from './refusal.ts';

/** What node's parser lets through and a proxy must not: each could be read in two ways further on. */
export const malformed = (request: IncomingMessage, mostHeaders: number): Refusal | null => {
  if (request.rawHeaders.length > mostHeaders * 2) {
    return { status: 431, because: `the request has more than ${mostHeaders} headers` };
  }
  if (countHosts(request.rawHeaders) > 1) return { status: 400, because: 'the request names more than one host' };
  const coding = request.headers['transfer-encoding'];
  if (coding !== undefined && coding.toLowerCase() !== 'chunked') {
    return { status: 501, because: `transfer-encoding ${coding} is not known here; send the body chunked` };
  }
  return request.url?.startsWith('/') ? null : { status: 400, because: 'the request asks for no path' };
};

/** `GET http://host/path`, as for a forward proxy: the authority counts, not the header (RFC 9112, 3.2.2). */
export const takeAbsoluteForm = (request: IncomingMessage): void => {
  const parts = /^https?:\/\/([^/?#]*)(.*)$/i.exec(request.url ?? '');
  if (parts === null) return;
  const [, authority = '', rest = ''] = parts;
  request.headers.host = authority;
  const at = request.rawHeaders.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === 'host');
  if (at !== -1) request.rawHeaders[at + 1] = authority;
  request.url = rest.startsWith('/') ? rest : `/${rest}`;
};

const countHosts = (raw: readonly string[]): number => {
  let hosts = 0;
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at];
    if (name?.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  return hosts;
};
