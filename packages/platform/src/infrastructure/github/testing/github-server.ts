import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

interface StoredEnvironment {
  body: Record<string, unknown>;
  policies: { id: number; name: string; type: string }[];
}

/** GitHub's REST API, as far as protection needs it: the same paths, bodies and answers, kept in memory. */
export interface GithubServer {
  readonly url: string;
  readonly environments: Map<string, StoredEnvironment>;
  readonly rulesets: Map<number, Record<string, unknown>>;
  /** Every write, as `PUT /environments/production`. */
  readonly writes: string[];
  /** Whether the token may change things; who may not is not shown who may pass rulesets. */
  isAdmin: boolean;
  close(): Promise<void>;
}

interface Call {
  readonly method: string;
  readonly path: string;
  readonly body: Record<string, unknown>;
}

type Answer = readonly [status: number, body?: unknown];

/** The token that it takes. */
export const githubToken = 'ghs_for_the_test';
const teams: Readonly<Record<string, number>> = { 'release-managers': 71 };

/** Serves the repository `blueprint/connect2`. */
export const startGithub = async (): Promise<GithubServer> => {
  const store = { environments: new Map(), rulesets: new Map(), writes: [], isAdmin: true } as Omit<
    GithubServer,
    'url' | 'close'
  >;
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    const isKnown = request.headers.authorization === `Bearer ${githubToken}`;
    const path = (request.url ?? '').split('?')[0] ?? '';
    const call = { method: request.method ?? 'GET', path, body };
    const [status, answer] = isKnown ? answered(store, call) : [401, { message: 'Bad credentials' }];
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(answer === undefined ? '' : JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(store, {
    // A server that listens on a port has an address of this shape.
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  });
};

const bodyOf = async (request: IncomingMessage): Promise<Record<string, unknown>> => {
  const chunks = await request.toArray();
  return chunks.length === 0 ? {} : JSON.parse(Buffer.concat(chunks).toString('utf8'));
};

type Store = Omit<GithubServer, 'url' | 'close'>;
const missing: Answer = [404, { message: 'Not Found' }];

const answered = (store: Store, call: Call): Answer => {
  const team = /^\/orgs\/blueprint\/teams\/([^/]+)$/.exec(call.path)?.[1];
  if (team !== undefined) return teams[team] === undefined ? missing : [200, { id: teams[team], slug: team }];
  const inside = /^\/repos\/blueprint\/connect2(\/.*)$/.exec(call.path)?.[1];
  if (inside === undefined) return missing;
  if (call.method !== 'GET') {
    if (!store.isAdmin) return [403, { message: 'Resource not accessible by integration' }];
    store.writes.push(`${call.method} ${inside}`);
  }
  return inside.startsWith('/rulesets') ? onRulesets(store, call, inside) : onEnvironments(store, call, inside);
};

const onRulesets = ({ rulesets, isAdmin }: Store, { method, body }: Call, path: string): Answer => {
  const id = Number(/^\/rulesets\/(\d+)$/.exec(path)?.[1] ?? Number.NaN);
  if (method === 'GET' && Number.isNaN(id))
    return [
      200,
      [...rulesets].map(([one, { name, enforcement }]) => ({ id: one, name, enforcement, target: 'branch' })),
    ];
  if (method === 'POST') {
    const made = rulesets.size + 1;
    rulesets.set(made, { ...body, id: made });
    return [201, rulesets.get(made)];
  }
  const found = rulesets.get(id);
  if (found === undefined) return missing;
  if (method === 'PUT') rulesets.set(id, { ...found, ...body });
  const { bypass_actors: bypass, ...shown } = rulesets.get(id) ?? {};
  return [200, isAdmin ? { ...shown, bypass_actors: bypass } : shown];
};

const onEnvironments = ({ environments }: Store, { method, body }: Call, path: string): Answer => {
  const [, name = '', rest = ''] = /^\/environments\/([^/]+)(\/.*)?$/.exec(path) ?? [];
  const found = environments.get(name);
  if (rest === '' && method === 'PUT') {
    environments.set(name, { body, policies: found?.policies ?? [] });
    return [200, {}];
  }
  if (found === undefined) return missing;
  if (rest === '') return [200, shown(name, found)];
  if (method === 'GET') return [200, { total_count: found.policies.length, branch_policies: found.policies }];
  if (method === 'POST') {
    const id = Math.max(0, ...found.policies.map((one) => one.id)) + 1;
    found.policies.push({ id, name: String(body.name), type: String(body.type) });
    return [200, {}];
  }
  found.policies = found.policies.filter((one) => !rest.endsWith(`/${one.id}`));
  return [204];
};

const shown = (name: string, { body }: StoredEnvironment) => {
  const reviewers = (body.reviewers ?? []) as readonly { type: string; id: number }[];
  const named = reviewers.map(({ type, id }) => ({
    type,
    reviewer: { id, slug: Object.entries(teams).find(([, one]) => one === id)?.[0] },
  }));
  const rules = [
    ...(Number(body.wait_timer ?? 0) > 0 ? [{ id: 1, type: 'wait_timer', wait_timer: body.wait_timer }] : []),
    ...(named.length > 0
      ? [{ id: 2, type: 'required_reviewers', prevent_self_review: body.prevent_self_review, reviewers: named }]
      : []),
    ...(body.deployment_branch_policy ? [{ id: 3, type: 'branch_policy' }] : []),
  ];
  return { id: 1, name, protection_rules: rules, deployment_branch_policy: body.deployment_branch_policy ?? null };
};
