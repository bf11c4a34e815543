import { Failure } from '@plumbline/contract/failure';
import { request } from 'undici';
import type { z } from 'zod';

export interface GithubAddress {
  /** Of the REST API: `https://api.github.com`. */
  readonly url: string;
  readonly token: string;
  /** `owner/name`. */
  readonly repository: string;
}

/** GitHub's REST API, for one repository; paths are behind `/repos/OWNER/NAME`, or whole with a leading slash twice. */
export interface Github {
  /** Undefined: there is none (404). */
  get<T extends z.ZodType>(path: string, schema: T): Promise<z.output<T> | undefined>;
  send(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<void>;
}

const version = '2022-11-28';
const answerWithinMs = 20_000;

/** Opens nothing: each call is one request. Anything but the expected answer is a Failure that says what GitHub said. */
export const githubAt = ({ url, token, repository }: GithubAddress, signal?: AbortSignal): Github => {
  const call = async (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown) => {
    const whole = path.startsWith('//') ? path.slice(1) : `/repos/${repository}${path}`;
    const answer = await request(`${url.replace(/\/+$/, '')}${whole}`, {
      method,
      headers: {
        accept: 'application/vnd.github+json',
        authorization: `Bearer ${token}`,
        'user-agent': 'plumbline',
        'x-github-api-version': version,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      headersTimeout: answerWithinMs,
      bodyTimeout: answerWithinMs,
      signal: signal ?? null,
    }).catch((cause) => {
      throw new Failure('server-unreachable', `GitHub does not answer at ${url}`, {
        cause,
        hint: 'GITHUB_API_URL says where it is',
      });
    });
    const text = await answer.body.text();
    if (answer.statusCode === 404 && method === 'GET') return undefined;
    if (answer.statusCode >= 300) throw refused(method, whole, answer.statusCode, text);
    return text;
  };
  return {
    get: async (path, schema) => {
      const text = await call('GET', path);
      return text === undefined ? undefined : schema.parse(JSON.parse(text));
    },
    send: async (method, path, body) => {
      await call(method, path, body);
    },
  };
};

const refused = (method: string, path: string, status: number, text: string): Failure => {
  const said = /"message":\s*"([^"]*)"/.exec(text)?.[1] ?? text.slice(0, 200);
  const isToken = status === 401 || status === 403 || status === 404;
  return new Failure(
    isToken ? 'not-allowed' : 'command-failed',
    `${method} ${path}: GitHub answered ${status}: ${said}`,
    {
      hint: isToken
        ? 'GITHUB_TOKEN needs to read Actions and metadata; to apply, it needs to write Administration'
        : 'docs.github.com describes the call',
    },
  );
};
