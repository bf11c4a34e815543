import { currentSession, endSession } from '../sessions/session.ts';

/** The API said no, in words for the user. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }

  /** Asking again would bring the same answer. */
  get isFinal(): boolean {
    return this.status < 500 && this.status !== 429;
  }
}

interface Ask {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  readonly json?: unknown;
  readonly file?: File;
  /** A write that is sent again with its key is not done again. */
  readonly idempotencyKey?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** Asks the API as the user who is logged in, and gives the answer as it comes. */
export async function ask(
  path: string,
  { method = 'GET', json, file, idempotencyKey, ...rest }: Ask = {},
): Promise<Response> {
  const headers = new Headers(rest.headers);
  const session = currentSession();
  if (session) headers.set('authorization', `Bearer ${session.token}`);
  if (idempotencyKey) headers.set('idempotency-key', idempotencyKey);
  if (json !== undefined) headers.set('content-type', 'application/json');
  if (file) headers.set('content-type', file.type || 'application/octet-stream');
  const body = file ?? (json === undefined ? null : JSON.stringify(json));

  const response = await fetch(path, { method, headers, body, signal: rest.signal ?? null });
  if (response.ok) return response;
  if (response.status === 401 && session) endSession();
  throw new Refusal(response.status, await detailOf(response));
}

/** The answer's JSON. Its shape is the API's promise: page and API are of one release. */
export async function askJson<Body>(path: string, options?: Ask): Promise<Body> {
  const response = await ask(path, options);
  return response.json();
}

async function detailOf(response: Response): Promise<string> {
  const isProblem = response.headers.get('content-type')?.includes('application/problem+json');
  if (!isProblem) return `The server answered ${response.status}. Try again in a moment.`;
  const problem: { detail: string } = await response.json();
  return problem.detail;
}
