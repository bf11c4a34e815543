import { randomBytes, timingSafeEqual } from 'node:crypto';
import { Failure } from '@plumbline/contract/failure';
import {
  type Identity,
  type NewToken,
  type Role,
  role,
  type TokenSummary,
  tokenSummary,
} from '@plumbline/contract/identity';
import { z } from 'zod';
import { record } from '../audit/record.ts';
import { sha256 } from '../kernel/canonical-json.ts';
import type { Database, Queries } from '../kernel/database.ts';

export interface TokenOrder {
  /** Of the identity, not of the token: two tokens of one name are one person. */
  readonly name: string;
  readonly role: Role;
  /** Epoch milliseconds. Default never. */
  readonly expiresAt?: number | undefined;
}

const columns = `id, name, role, created_at as "createdAt", created_by as "createdBy", last_used_at as "lastUsedAt",
  expires_at as "expiresAt", revoked_at as "revokedAt"`;

/** How fine `lastUsedAt` is: a write for each request would cost more than it tells. */
const lastUsedEveryMs = 60_000;

/** Makes a token, which is told in the answer and never again: only the hash of its secret is kept. */
export const createToken = async (
  database: Database,
  order: TokenOrder,
  by: string,
  now: number = Date.now(),
): Promise<NewToken> => {
  const id = randomId();
  const secret = randomBytes(32).toString('base64url');
  const { name, expiresAt = null } = order;
  const summary = await database.transaction(async (tx) => {
    const rows = await tx.query(
      `insert into plumbline.tokens (id, name, role, secret_hash, created_at, created_by, expires_at)
       values ($1, $2, $3, $4, $5, $6, $7) returning ${columns}`,
      [id, name, order.role, sha256(secret), now, by, expiresAt],
      tokenSummary,
    );
    const detail = { name, role: order.role, expiresAt };
    await record(
      tx,
      { who: by, what: 'token.created', subject: id, why: null, detail, key: `token.created:${id}` },
      now,
    );
    return only(rows, id);
  });
  return { ...summary, token: `plumb_${id}_${secret}` };
};

/** All tokens, the newest first, without their secrets. */
export const listTokens = (database: Queries): Promise<TokenSummary[]> =>
  database.query(`select ${columns} from plumbline.tokens order by created_at desc, id`, [], tokenSummary);

/** From now on nobody signs in with it. Revoking it again changes nothing. */
export const revokeToken = (
  database: Database,
  id: string,
  by: string,
  now: number = Date.now(),
): Promise<TokenSummary> =>
  database.transaction(async (tx) => {
    const rows = await tx.query(
      `update plumbline.tokens set revoked_at = coalesce(revoked_at, $2) where id = $1 returning ${columns}`,
      [id, now],
      tokenSummary,
    );
    const revoked = only(rows, id);
    const detail = { name: revoked.name, role: revoked.role };
    await record(
      tx,
      { who: by, what: 'token.revoked', subject: id, why: null, detail, key: `token.revoked:${id}` },
      now,
    );
    return revoked;
  });

const stored = z.object({
  name: z.string(),
  role,
  secretHash: z.string(),
  lastUsedAt: z.number().nullable(),
  expiresAt: z.number().nullable(),
  revokedAt: z.number().nullable(),
});

/** Whose token this is; null when it is none of ours, expired or revoked. */
export const authenticate = async (
  database: Queries,
  token: string,
  now: number = Date.now(),
): Promise<Identity | null> => {
  const parts = partsOf(token);
  if (parts === undefined) return null;
  const [found] = await database.query(
    `select name, role, secret_hash as "secretHash", last_used_at as "lastUsedAt", expires_at as "expiresAt",
       revoked_at as "revokedAt" from plumbline.tokens where id = $1`,
    [parts.id],
    stored,
  );
  if (found === undefined || !isSecretOf(parts.secret, found.secretHash)) return null;
  if (found.revokedAt !== null || (found.expiresAt !== null && found.expiresAt <= now)) return null;
  if (found.lastUsedAt === null || now - found.lastUsedAt >= lastUsedEveryMs)
    await database.execute('update plumbline.tokens set last_used_at = $2 where id = $1', [parts.id, now]);
  return { name: found.name, role: found.role };
};

/** Whether there ever was such a token in this database, revoked or not. */
export const isKnownToken = async (database: Queries, token: string): Promise<boolean> => {
  const parts = partsOf(token);
  if (parts === undefined) return false;
  const sql = 'select secret_hash as "secretHash" from plumbline.tokens where id = $1';
  const [found] = await database.query(sql, [parts.id], stored.pick({ secretHash: true }));
  return found !== undefined && isSecretOf(parts.secret, found.secretHash);
};

/** 48 random bits: enough to name a token, which its secret keeps. */
const randomId = (): string =>
  BigInt(`0x${randomBytes(6).toString('hex')}`)
    .toString(36)
    .padStart(10, '0');

const partsOf = (token: string): { readonly id: string; readonly secret: string } | undefined => {
  const [, id, secret] = /^plumb_([0-9a-z]{10})_([\w-]{43})$/.exec(token) ?? [];
  return id === undefined || secret === undefined ? undefined : { id, secret };
};

/** In a time that does not tell how much of it was right. A plain hash is enough for 256 random bits. */
const isSecretOf = (secret: string, secretHash: string): boolean =>
  timingSafeEqual(Buffer.from(sha256(secret), 'hex'), Buffer.from(secretHash, 'hex'));

const only = <T>(rows: readonly T[], id: string): T => {
  const [row] = rows;
  if (row !== undefined) return row;
  throw new Failure('not-found', `There is no token ${id}.`, { hint: '`plumb token list` shows them.' });
};
