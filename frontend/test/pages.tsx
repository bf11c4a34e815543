import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render } from '@testing-library/react';
import { MemoryRouter } from 'react-router';
import { onTestFinished } from 'vitest';
import { App } from '../src/app/App.tsx';
import { createQueryClient } from '../src/app/query-client.ts';
import { beginSession, endSession, type User } from '../src/sessions/session.ts';

export const lena: User = {
  id: '11111111-1111-8111-8111-111111111111',
  email: 'lena@lender.example',
  name: 'Lena Ortiz',
  role: 'lender',
};

export const bo: User = {
  id: '22222222-2222-8222-8222-222222222222',
  email: 'bo@builder.example',
  name: 'Bo Lindqvist',
  role: 'builder',
};

export const project = {
  id: '33333333-3333-8333-8333-333333333333',
  name: 'Quarry Lofts',
  address: '1 Quarry Lane',
  status: 'active',
  budgetCents: 900_000_000,
  builderId: bo.id,
  builderName: bo.name,
  createdAt: '2026-03-01T12:00:00.000Z',
  updatedAt: '2026-03-01T12:00:00.000Z',
  isFollowed: false,
};

export interface Asked {
  readonly body: string;
  readonly search: string;
  readonly headers: IncomingMessage['headers'];
}

type Answer = (response: ServerResponse, asked: Asked) => void;

/** What the API answers, by method and path; a test adds what it is about. */
export type Answers = Record<string, object | Answer>;

const usual: Answers = {
  'GET /version.json': { version: '2.0.0', commit: 'c0ffee1234', release: 'r1', stamp: null },
  'GET /api/projects': { projects: [project], total: 1 },
  'GET /api/activity': { activity: [] },
  'GET /api/activity/events': (response) =>
    void response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': \n\n'),
  [`GET /api/projects/${project.id}`]: project,
  [`GET /api/projects/${project.id}/loans`]: { loans: [] },
  [`GET /api/projects/${project.id}/documents`]: { documents: [] },
  [`GET /api/projects/${project.id}/activity`]: { activity: [] },
};

interface Opened {
  readonly user?: User;
  readonly at?: string;
  readonly answers?: Answers;
}

/** Opens the pages in a document, as a user or as nobody, over an API of the test's own. Tells what was asked of it. */
export async function openPages({
  user,
  at = '/',
  answers = {},
}: Opened): Promise<{ asked: (what: string) => Asked[] }> {
  const log: { what: string; asked: Asked }[] = [];
  const all = { ...usual, ...answers };
  const server = createServer(async (request, response) => {
    const { pathname, search } = new URL(request.url ?? '/', 'http://api');
    const what = `${request.method} ${pathname}`;
    const asked = { body: await text(request), headers: request.headers, search };
    log.push({ what, asked });
    const answer = all[what];
    if (typeof answer === 'function') return answer(response, asked);
    if (answer) return response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
    return refuse(404, `There is nothing at ${what}.`)(response, asked);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  // listen on a TCP port gives an address with a port.
  const { port } = server.address() as AddressInfo;

  // A browser resolves addresses by its page; this document has none that is served.
  const plainFetch = globalThis.fetch;
  globalThis.fetch = (input, options) => plainFetch(new URL(String(input), `http://127.0.0.1:${port}`), options);
  if (user) beginSession({ token: 'token-of-the-test', user });

  const queryClient = createQueryClient();
  render(
    <QueryClientProvider client={queryClient}>
      <MemoryRouter initialEntries={[at]}>
        <App />
      </MemoryRouter>
    </QueryClientProvider>,
  );
  onTestFinished(() => {
    cleanup();
    queryClient.clear();
    endSession();
    globalThis.fetch = plainFetch;
    server.closeAllConnections();
    server.close();
  });
  return { asked: (what) => log.filter((entry) => entry.what === what).map(({ asked }) => asked) };
}

/** Answers with a problem. */
export const refuse =
  (status: number, detail: string): Answer =>
  (response) =>
    void response
      .writeHead(status, { 'content-type': 'application/problem+json' })
      .end(JSON.stringify({ status, title: 'no', code: 'no', detail }));

/** Answers with JSON of a status. */
export const answer =
  (status: number, body: object): Answer =>
  (response) =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
