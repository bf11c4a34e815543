import { Client } from 'undici';
import type { Pacer } from './pacer.ts';
import { countAnswer, countFailure, countUp, type Tally } from './tally.ts';

export interface Asked {
  readonly kind: string;
  readonly method?: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  readonly expect: number;
  /** Looks at the whole answer; words for what is wrong with it. */
  readonly wrong?: (text: string) => string | undefined;
}

export interface Answer {
  readonly release: string;
  readonly text: string;
}

/** One visitor on one kept connection. With `keepsCookies` it comes back as who it was; else each request is a stranger's. */
export interface Visitor {
  /** Waits for its turn, asks, and counts; undefined when the request failed. */
  ask(asked: Asked): Promise<Answer | undefined>;
  /** Drops its connection, and with it whatever is still on its way. */
  leave(): Promise<void>;
}

export interface VisitorOptions {
  readonly origin: string;
  readonly keepsCookies: boolean;
  readonly pacer: Pacer;
  readonly tally: Tally;
  /** Fires when no new request is to be sent; one that is on its way is let end. */
  readonly stopping: AbortSignal;
}

const withinMs = 30_000;

export const visitor = ({ origin, keepsCookies, pacer, tally, stopping }: VisitorOptions): Visitor => {
  const client = new Client(origin, { pipelining: 1, headersTimeout: withinMs, bodyTimeout: withinMs });
  const cookies = new Map<string, string>();
  const remember = (header: string | string[] | undefined): void => {
    for (const line of [header ?? []].flat()) {
      const [pair = ''] = line.split(';');
      const at = pair.indexOf('=');
      if (keepsCookies) cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
  };
  const cookieHeader = () => [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  return {
    ask: async (asked) => {
      await pacer.turn(stopping);
      tally.sent += 1;
      countUp(tally.byKind, asked.kind);
      try {
        const response = await client.request({
          method: asked.method ?? 'GET',
          path: asked.path,
          headers: { ...asked.headers, ...(cookies.size > 0 ? { cookie: cookieHeader() } : {}) },
          body: asked.body ?? null,
        });
        const text = await response.body.text();
        remember(response.headers['set-cookie']);
        const wrong =
          response.statusCode === asked.expect
            ? asked.wrong?.(text)
            : `answered ${response.statusCode}: ${text.slice(0, 200)}`;
        const release = String(response.headers['x-plumbline-release'] ?? 'unknown');
        countAnswer(tally, release, wrong !== undefined);
        if (wrong !== undefined) {
          countFailure(tally, `${asked.kind} ${asked.path} ${wrong}`);
          return undefined;
        }
        return { release, text };
      } catch (error) {
        // Whatever broke it off, the visitor has no answer: that is the failure to count, in its words.
        countFailure(
          tally,
          `${asked.kind} ${asked.path} ${error instanceof Error ? `${error.name} ${error.message}` : error}`,
        );
        return undefined;
      }
    },
    leave: () => client.destroy(),
  };
};
