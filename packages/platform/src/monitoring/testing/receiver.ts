import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { waitFor } from '../../kernel/wait.ts';

export interface Got {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A real HTTP server that keeps what it got. */
export interface Receiver {
  readonly url: string;
  readonly got: readonly Got[];
  /** The ids of what it got, in order. */
  ids(): readonly (string | undefined)[];
  /** Resolves once it has got so many. */
  has(count: number): Promise<void>;
  close(): Promise<void>;
}

export type AnswerWith = (response: ServerResponse, got: Got, count: number) => void;

/** Answers 200 `ok`, as Slack does. */
export const ok: AnswerWith = (response) => void response.end('ok');

/** Opens a receiver on a port that the system chose. */
export const openReceiver = async (answer: AnswerWith = ok): Promise<Receiver> => {
  const got: Got[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    const one = { path: request.url ?? '', headers: request.headers, body };
    got.push(one);
    answer(response, one, got.length);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  const port = typeof bound === 'object' && bound ? bound.port : 0;
  return {
    url: `http://127.0.0.1:${port}/services/T000/very-hidden-path`,
    got,
    ids: () => got.map(({ headers }) => headers['idempotency-key']?.toString()),
    has: (count) =>
      waitFor(
        `${count} messages`,
        async () => (got.length >= count ? { done: undefined } : { because: `there are ${got.length}` }),
        { deadlineMs: 20_000, everyMs: 5 },
      ),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};
