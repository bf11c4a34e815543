import { databaseOrder, fence, order, secretValue, storesOrder } from '@plumbline/contract/agent';
import { Failure } from '@plumbline/contract/failure';
import { environmentName } from '@plumbline/contract/names';
import { z } from 'zod';
import type { Agent } from '../agent.ts';

/** What a route is given of a request. */
export interface Asked {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: unknown;
  /** Aborted when the one who asked has gone, or the agent stops. */
  readonly signal: AbortSignal;
}

export type Reply =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'lines'; readonly values: AsyncIterable<unknown> | Iterable<unknown> }
  | { readonly kind: 'nothing' };

export interface Route {
  readonly method: 'GET' | 'PUT';
  readonly path: string;
  readonly answer: (asked: Asked) => Promise<Reply>;
}

/** The agent's protocol but for `POST /stop`, which ends the server itself. */
export const routesOf = (agent: Agent): readonly Route[] => {
  const environment = ({ params }: Asked) => agent.environment(parsed(environmentName, params.environment));
  const get = (path: string, answer: Route['answer']): Route => ({ method: 'GET', path, answer });
  const put = (path: string, answer: Route['answer']): Route => ({ method: 'PUT', path, answer });
  return [
    get('/', async () => json(agent.status())),
    put('/environments/:environment', async (asked) =>
      json(await (await environment(asked)).apply(parsed(order, asked.body))),
    ),
    get('/environments/:environment', async (asked) =>
      json(await (await environment(asked)).observe(parsed(observeQuery, fieldsOf(asked.query)), asked.signal)),
    ),
    put('/environments/:environment/generation', async (asked) =>
      json(await (await environment(asked)).fence(parsed(fence, asked.body))),
    ),
    get('/environments/:environment/logs', async (asked) => ({
      kind: 'lines',
      values: (await environment(asked)).logs(parsed(logQuery, fieldsOf(asked.query)), asked.signal),
    })),
    put('/environments/:environment/stores', async (asked) =>
      json(await (await environment(asked)).wantStores(parsed(storesOrder, asked.body).stores, asked.signal)),
    ),
    get('/environments/:environment/stores', async (asked) =>
      json(await (await environment(asked)).stores(asked.signal)),
    ),
    get('/environments/:environment/secrets', async ({ params }) =>
      json({ names: await agent.secrets.names(parsed(environmentName, params.environment)) }),
    ),
    put('/environments/:environment/secrets/:secret', async ({ params, body }) => {
      const { value } = parsed(secretValue, body);
      const name = parsed(secretName, params.secret);
      await agent.secrets.set(parsed(environmentName, params.environment), name, value);
      return { kind: 'nothing' };
    }),
    put('/databases/:name', async ({ params, body, signal }) => {
      const name = parsed(environmentName, params.name);
      const { database = name } = parsed(databaseOrder, body ?? {});
      const postgres = await agent.databases.keep(name);
      return json({ url: await postgres.database(database, signal) });
    }),
    get('/journal', async ({ query }) => ({
      kind: 'lines',
      values: await agent.journal.read(parsed(journalQuery, fieldsOf(query))),
    })),
  ];
};

const secretName = z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,60}$/);

const longestWaitMs = 30_000;

const observeQuery = z.object({
  after: z.coerce.number().int().optional(),
  waitMs: z.coerce.number().int().min(0).max(longestWaitMs).default(0),
});

const mostLines = 100_000;

const logQuery = z.object({
  service: z.string().optional(),
  replica: z.string().optional(),
  tail: z.coerce.number().int().min(0).max(mostLines).default(100),
  follow: z.stringbool().default(false),
});

const journalQuery = z.object({
  environment: environmentName.optional(),
  after: z.coerce.number().int().min(0).default(0),
});

const fieldsOf = (query: URLSearchParams): Readonly<Record<string, string>> => Object.fromEntries(query);

const json = (value: unknown): Reply => ({ kind: 'json', value });

const parsed = <S extends z.ZodType>(schema: S, value: unknown): z.output<S> => {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new Failure('bad-input', z.prettifyError(result.error), { cause: result.error });
};
