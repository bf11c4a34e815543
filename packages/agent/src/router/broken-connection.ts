import type { Refusal } from './refusal.ts';

/** How far a request had come when its connection failed, before any part of an answer. */
export interface Attempt {
  readonly method: string | undefined;
  readonly hasBody: boolean;
  /** Something of it may have reached the replica. */
  readonly isSent: boolean;
}

/**
 * Only what cannot be done twice by it: what was certainly not sent, or what may be repeated (RFC 9110, 9.2.2) and is
 * still whole. A body that was sent, even in part, is gone.
 */
export const mayAskAgain = (error: Error, { method, hasBody, isSent }: Attempt): boolean =>
  brokenConnections.has(codeOf(error)) && (!isSent || (!hasBody && idempotent.has(method ?? '')));

export const refusalFor = (error: Error, service: string): Refusal => {
  const code = codeOf(error);
  if (code === 'UND_ERR_CONNECT_TIMEOUT') return { status: 504, because: `${service} took no connection in time` };
  if (code === 'UND_ERR_INVALID_ARG') return { status: 400, because: `this cannot be passed on: ${error.message}` };
  return { status: 502, because: `${service} broke off before it had answered` };
};

const idempotent = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);

const brokenConnections = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'UND_ERR_CONNECT_TIMEOUT']);

const codeOf = (error: Error): string => ('code' in error && typeof error.code === 'string' ? error.code : '');
