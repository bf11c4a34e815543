import { describe, expect, it } from 'vitest';
import { mayAskAgain, refusalFor } from './broken-connection.ts';

const failed = (code: string): Error => Object.assign(new Error('failed'), { code });

describe('a request whose connection broke before the answer', () => {
  it.each<[string, string, boolean, boolean, boolean]>([
    ['ECONNREFUSED', 'POST', true, false, true],
    ['UND_ERR_CONNECT_TIMEOUT', 'PATCH', false, false, true],
    ['ECONNRESET', 'GET', false, true, true],
    ['UND_ERR_SOCKET', 'DELETE', false, true, true],
    ['UND_ERR_SOCKET', 'PUT', true, true, false],
    ['ECONNRESET', 'POST', false, true, false],
    ['EPIPE', 'PATCH', false, true, false],
    ['UND_ERR_HEADERS_OVERFLOW', 'GET', false, true, false],
    ['HPE_INVALID_CONSTANT', 'GET', false, true, false],
    ['UND_ERR_INVALID_ARG', 'GET', false, false, false],
  ])('by %s, %s, with a body: %s, sent: %s, may be asked again: %s', (code, method, hasBody, isSent, may) => {
    expect(mayAskAgain(failed(code), { method, hasBody, isSent })).toBe(may);
  });

  it.each([
    ['UND_ERR_CONNECT_TIMEOUT', 504],
    ['UND_ERR_INVALID_ARG', 400],
    ['ECONNREFUSED', 502],
    ['UND_ERR_SOCKET', 502],
  ])('by %s is refused with %d', (code, status) => {
    expect(refusalFor(failed(code), 'web').status).toBe(status);
  });
});
