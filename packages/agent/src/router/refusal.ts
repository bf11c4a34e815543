import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';

/** An answer of the router's own. */
export interface Refusal {
  readonly status: number;
  readonly because: string;
  /** For what passes by itself: nothing ready, draining. */
  readonly retryAfterSeconds?: number;
  readonly requestId?: string;
}

/** RFC 9457 where the client asked for JSON, else a line of text. */
export const refuse = (request: IncomingMessage, response: ServerResponse, refusal: Refusal): void => {
  const { headers, body } = refusalParts(request.headers.accept, refusal);
  response.writeHead(refusal.status, headers);
  response.end(body);
};

/** The same for a connection that has no response object: an upgrade, or a head that could not be parsed. */
export const refusalText = (accept: string | undefined, refusal: Refusal): string => {
  const { headers, body } = refusalParts(accept, refusal);
  const lines = Object.entries({ ...headers, connection: 'close' }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${refusal.status} ${titleOf(refusal.status)}\r\n${lines.join('')}\r\n${body}`;
};

const refusalParts = (accept: string | undefined, refusal: Refusal) => {
  const isJson = accept !== undefined && /\bjson\b/.test(accept);
  const body = isJson ? asJson(refusal) : `${refusal.status} ${titleOf(refusal.status)}: ${refusal.because}\n`;
  const headers: Record<string, string> = {
    'content-type': isJson ? 'application/problem+json' : 'text/plain; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    'cache-control': 'no-store',
  };
  if (refusal.retryAfterSeconds !== undefined) headers['retry-after'] = String(refusal.retryAfterSeconds);
  if (refusal.requestId !== undefined) headers['x-request-id'] = refusal.requestId;
  return { headers, body };
};

const asJson = ({ status, because, requestId }: Refusal): string =>
  JSON.stringify({ type: 'about:blank', title: titleOf(status), status, detail: because, requestId });

const titleOf = (status: number): string => STATUS_CODES[status] ?? 'Refused';
