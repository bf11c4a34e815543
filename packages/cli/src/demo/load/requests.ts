import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Tally } from './tally.ts';
import type { Visitor } from './visitor.ts';

export interface LogIn {
  readonly email: string;
  readonly password: string;
}

/** What the visitors of a run know together. */
export interface Stage {
  readonly tally: Tally;
  readonly lender: LogIn;
  readonly lenderToken: string;
  /** To read and to lend on. */
  readonly projects: readonly string[];
  /** Nobody lends on it during the run, so its report keeps its length of some seconds. */
  readonly reported: string;
  /** A number that no other write of the run has: the amount by which a loan is found again. */
  nextAmountCents(): number;
}

export type Request = (visitor: Visitor, stage: Stage) => Promise<void>;

const megabyte = 1024 * 1024;
const made = z.object({ id: z.string() });

const bearer = ({ lenderToken }: Stage) => ({ authorization: `Bearer ${lenderToken}` });
const json = { 'content-type': 'application/json' };
const oneOf = <T>(list: readonly T[]): T | undefined => list[Math.floor(Math.random() * list.length)];

/** The page and the hashed asset that it names: both have to come from one release. */
export const page: Request = async (visitor, { tally }) => {
  const html = await visitor.ask({
    kind: 'page',
    path: '/',
    expect: 200,
    wrong: (text) => (assetIn(text) ? undefined : 'names no hashed asset'),
  });
  const asset = html && assetIn(html.text);
  if (!html || !asset) return;
  const script = await visitor.ask({
    kind: 'asset',
    path: asset,
    expect: 200,
    wrong: (text) => (text.length > 0 ? undefined : 'is empty'),
  });
  if (!script) return;
  tally.pages += 1;
  if (script.release !== html.release) tally.mixed += 1;
};

export const list: Request = async (visitor, stage) => {
  await visitor.ask({ kind: 'list', path: '/api/projects?limit=20', headers: bearer(stage), expect: 200 });
};

export const cachedRead: Request = async (visitor, stage) => {
  const id = oneOf(stage.projects);
  await visitor.ask({
    kind: 'cached read',
    path: `/api/projects/${id}`,
    headers: bearer(stage),
    expect: 200,
    wrong: (text) => (text.includes(String(id)) ? undefined : 'is another project'),
  });
};

export const logIn: Request = async (visitor, { lender }) => {
  await visitor.ask({
    kind: 'log-in',
    method: 'POST',
    path: '/api/session',
    headers: json,
    body: JSON.stringify(lender),
    expect: 201,
  });
};

export const write: Request = async (visitor, stage) => {
  const project = oneOf(stage.projects) ?? '';
  const amountCents = stage.nextAmountCents();
  const answer = await visitor.ask({
    kind: 'write',
    method: 'POST',
    path: `/api/projects/${project}/loans`,
    headers: { ...bearer(stage), ...json, 'idempotency-key': randomUUID() },
    body: JSON.stringify({ amountCents, rateBasisPoints: 450, termMonths: 12 }),
    expect: 201,
  });
  if (answer)
    stage.tally.writes.push({ kind: 'loan', project, id: made.parse(JSON.parse(answer.text)).id, amountCents });
};

export const upload: Request = async (visitor, stage) => {
  const project = oneOf(stage.projects) ?? '';
  const bytes = randomBytes(megabyte);
  const answer = await visitor.ask({
    kind: 'upload',
    method: 'POST',
    path: `/api/projects/${project}/documents?name=${randomUUID()}.bin`,
    headers: { ...bearer(stage), 'content-type': 'application/octet-stream', 'idempotency-key': randomUUID() },
    body: bytes,
    expect: 201,
  });
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (answer)
    stage.tally.writes.push({ kind: 'document', project, id: made.parse(JSON.parse(answer.text)).id, sha256 });
};

/** A download that takes some seconds; its last line tells whether it is whole. */
export const slowDownload: Request = async (visitor, stage) => {
  await visitor.ask({
    kind: 'slow download',
    path: `/api/projects/${stage.reported}/report?rowsPerSecond=20`,
    headers: bearer(stage),
    expect: 200,
    wrong: (text) => (/,0\.00\n$/.test(text) ? undefined : `ends too early: …${text.slice(-40)}`),
  });
};

const assetIn = (html: string): string | undefined => /(?:src|href)="(\/assets\/[^"]+\.js)"/.exec(html)?.[1];
