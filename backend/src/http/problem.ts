import { STATUS_CODES } from 'node:http';

/** An answer other than the one asked for, as RFC 9457 has it (`application/problem+json`). */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    status: number,
    code: string,
    detail: string,
    options: ErrorOptions & { retryAfterSeconds?: number } = {},
  ) {
    super(detail, options);
    this.status = status;
    this.code = code;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  toJSON(): { type: string; title: string; status: number; code: string; detail: string } {
    const { status, code } = this;
    return { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, code, detail: this.message };
  }
}

/** Not found, or not for this user: the two look alike, so that nothing is told of what others have. */
export const notFound = (what: string): Problem => new Problem(404, 'not-found', `There is no such ${what}.`);

export const forbidden = (detail: string): Problem => new Problem(403, 'forbidden', detail);
