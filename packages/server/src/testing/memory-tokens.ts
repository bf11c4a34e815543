import { randomBytes } from 'node:crypto';
import { Failure } from '@plumbline/contract/failure';
import type { Identity, NewToken, Role, TokenSummary } from '@plumbline/contract/identity';
import { type MemoryToken, record, type World } from './memory-world.ts';

export interface TokenOrder {
  readonly name: string;
  readonly role: Role;
  readonly days?: number | undefined;
  readonly by: string;
}

export const createToken = (world: World, order: TokenOrder): NewToken => {
  const token: MemoryToken = {
    id: `t-${world.tokens.length + 1}`,
    name: order.name,
    role: order.role,
    secret: randomBytes(24).toString('base64url'),
    createdAt: Date.now(),
    createdBy: order.by,
    expiresAt: order.days === undefined ? null : Date.now() + order.days * 86_400_000,
    lastUsedAt: null,
    revokedAt: null,
  };
  world.tokens.push(token);
  record(world, order.by, 'token.created', token.id);
  return { ...summaryOf(token), token: token.secret };
};

export const revokeToken = (world: World, id: string, by: string): TokenSummary => {
  const token = world.tokens.find((one) => one.id === id);
  if (!token) throw new Failure('not-found', `there is no token ${id}`, { hint: 'plumb token list shows them' });
  token.revokedAt ??= Date.now();
  record(world, by, 'token.revoked', id);
  return summaryOf(token);
};

export const identityOf = (world: World, secret: string): Identity | null => {
  const token = world.tokens.find((one) => one.secret === secret);
  if (!token || token.revokedAt !== null || (token.expiresAt ?? Number.POSITIVE_INFINITY) < Date.now()) return null;
  token.lastUsedAt = Date.now();
  return { name: token.name, role: token.role };
};

export const summaryOf = ({ secret: _, ...summary }: MemoryToken): TokenSummary => summary;
