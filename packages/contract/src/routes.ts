import { z } from 'zod';
import { auditRecord, auditVerification } from './audit.ts';
import { askedPlan, climb, delivery } from './delivery.ts';
import { freeze } from './freeze.ts';
import { identity, newToken, type Role, role, tokenSummary } from './identity.ts';
import { migrationStatus } from './migration.ts';
import { climbId, deliveryId, environmentName, releaseId, secretName } from './names.ts';
import { notification, notifierTest } from './notice.ts';
import { release } from './release.ts';
import { status } from './status.ts';

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  /** Who may call it; `anyone` needs no token. */
  readonly roles: readonly Role[] | 'anyone';
  readonly summary: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** The reply's body; `events` is a stream of server-sent events of `progress` or `logLine`. */
  readonly reply: z.ZodType | 'events';
}

const everyone = ['viewer', 'deployer', 'approver', 'admin'] as const;
const shippers = ['deployer', 'admin'] as const;
const approvers = ['approver', 'admin'] as const;
const admins = ['admin'] as const;
const reason = z.string().min(1).max(500).optional();
const many = z.coerce.number().int().min(1).max(500).default(50);

/** Every route of the control plane, once: server, client, roles' test and OpenAPI are made of it. Writes take `Idempotency-Key`. */
export const routes = {
  health: {
    method: 'GET',
    path: '/api/health',
    roles: 'anyone',
    summary: 'Whether the control plane answers',
    reply: z.object({ ok: z.boolean(), instance: z.string() }),
  },
  whoami: { method: 'GET', path: '/api/whoami', roles: everyone, summary: 'Whose token this is', reply: identity },
  status: {
    method: 'GET',
    path: '/api/status',
    roles: everyone,
    summary: 'Every environment, what moves and what waits',
    reply: status,
  },
  events: {
    method: 'GET',
    path: '/api/events',
    roles: everyone,
    summary: 'Progress as it happens; goes on after `after` or Last-Event-ID',
    query: z.object({
      climb: climbId.optional(),
      delivery: deliveryId.optional(),
      after: z.coerce.number().int().min(0).optional(),
    }),
    reply: 'events',
  },
  ship: {
    method: 'POST',
    path: '/api/climbs',
    roles: shippers,
    summary: 'Check and build the checkout and bring it up the path',
    body: z.object({
      stamp: z
        .string()
        .regex(/^[\w.-]{1,40}$/)
        .optional(),
      /** The last environment to climb to; the whole path when absent (development alone for uncommitted work). */
      to: environmentName.optional(),
      /** Ask for it even if this commit has been shipped already. */
      again: z.boolean().default(false),
      wait: z.boolean().default(true),
      reason,
    }),
    reply: climb,
  },
  climbs: {
    method: 'GET',
    path: '/api/climbs',
    roles: everyone,
    summary: 'Climbs, newest first',
    query: z.object({ limit: many }),
    reply: z.array(climb),
  },
  climb: {
    method: 'GET',
    path: '/api/climbs/:climb',
    roles: everyone,
    summary: 'One climb',
    params: z.object({ climb: climbId }),
    reply: climb,
  },
  deliver: {
    method: 'POST',
    path: '/api/deliveries',
    roles: shippers,
    summary: 'Bring a release to one environment',
    body: z.object({
      environment: environmentName,
      /** The newest release that may go there when absent. */
      release: releaseId.optional(),
      wait: z.boolean().default(true),
      /** Pass freezes; needs a reason, and an approval also where none is needed otherwise. */
      emergency: z.boolean().default(false),
      reason,
    }),
    reply: delivery,
  },
  plan: {
    method: 'POST',
    path: '/api/plans',
    roles: everyone,
    summary: 'What a delivery would do, without doing it',
    body: z.object({
      environment: environmentName,
      release: releaseId.optional(),
      kind: z.enum(['deliver', 'migrate', 'contract', 'migrate-down']).default('deliver'),
    }),
    reply: askedPlan,
  },
  deliveries: {
    method: 'GET',
    path: '/api/deliveries',
    roles: everyone,
    summary: 'Deliveries, newest first',
    query: z.object({ environment: environmentName.optional(), limit: many }),
    reply: z.array(delivery),
  },
  delivery: {
    method: 'GET',
    path: '/api/deliveries/:delivery',
    roles: everyone,
    summary: 'One delivery',
    params: z.object({ delivery: deliveryId }),
    reply: delivery,
  },
  approve: {
    method: 'POST',
    path: '/api/deliveries/:delivery/approval',
    roles: approvers,
    summary: 'Approve the plan whose hash is given',
    params: z.object({ delivery: deliveryId }),
    body: z.object({ planHash: z.string(), reason }),
    reply: delivery,
  },
  proceed: {
    method: 'POST',
    path: '/api/deliveries/:delivery/proceed',
    roles: approvers,
    summary: 'Let a delivery that is held go on from its present step',
    params: z.object({ delivery: deliveryId }),
    body: z.object({ reason }),
    reply: delivery,
  },
  abort: {
    method: 'POST',
    path: '/api/deliveries/:delivery/abort',
    roles: ['deployer', 'approver', 'admin'],
    summary: 'Stop a delivery and go back; doing it twice is doing it once',
    params: z.object({ delivery: deliveryId }),
    body: z.object({ reason }),
    reply: delivery,
  },
  rollBack: {
    method: 'POST',
    path: '/api/environments/:environment/rollback',
    roles: shippers,
    summary: 'Go back to the release before, or to a kept one',
    params: z.object({ environment: environmentName }),
    body: z.object({ release: releaseId.optional(), reason }),
    reply: delivery,
  },
  migrations: {
    method: 'GET',
    path: '/api/environments/:environment/migrations',
    roles: everyone,
    summary: 'What the database has of the migrations of a release, and what is pending',
    params: z.object({ environment: environmentName }),
    /** The release that is live there when absent; where nothing is, the newest that may go there. */
    query: z.object({ release: releaseId.optional() }),
    reply: migrationStatus,
  },
  migrate: {
    method: 'POST',
    path: '/api/environments/:environment/migrations',
    roles: shippers,
    summary: 'Apply what is pending, as a delivery that moves no traffic',
    params: z.object({ environment: environmentName }),
    body: z.object({
      release: releaseId.optional(),
      /** Apply the contracts instead of expand and backfill; each such delivery needs an approval. */
      contract: z.boolean().default(false),
      reason,
    }),
    reply: delivery,
  },
  migrateDown: {
    method: 'POST',
    path: '/api/environments/:environment/migrations/down',
    roles: shippers,
    summary: 'Undo the migration that was applied last, when no release that runs needs it; needs an approval',
    params: z.object({ environment: environmentName }),
    body: z.object({ release: releaseId.optional(), reason: z.string().min(1).max(500) }),
    reply: delivery,
  },
  freezes: {
    method: 'GET',
    path: '/api/freezes',
    roles: everyone,
    summary: 'When nothing is delivered: what is described, and what was asked for and is not over',
    query: z.object({ environment: environmentName.optional() }),
    reply: z.array(freeze),
  },
  freeze: {
    method: 'POST',
    path: '/api/freezes',
    roles: approvers,
    summary: 'Let nothing be delivered for a time; what moves in the last environment is held where it is',
    body: z.object({
      /** Every environment when absent. */
      environment: environmentName.optional(),
      /** Epoch milliseconds; now when absent. */
      from: z.number().optional(),
      until: z.number(),
      reason: z.string().min(1).max(500),
    }),
    reply: freeze,
  },
  unfreeze: {
    method: 'POST',
    path: '/api/freezes/end',
    roles: approvers,
    summary: 'End what was frozen by a person; doing it twice is doing it once',
    /** Without an environment: what was frozen for every environment at once. */
    body: z.object({ environment: environmentName.optional(), reason }),
    /** What was ended, and what freezes all the same. */
    reply: z.object({ ended: z.array(freeze), left: z.array(freeze) }),
  },
  releases: {
    method: 'GET',
    path: '/api/releases',
    roles: everyone,
    summary: 'Releases, newest first',
    query: z.object({ limit: many }),
    reply: z.array(release),
  },
  release: {
    method: 'GET',
    path: '/api/releases/:release',
    roles: everyone,
    summary: 'One release',
    params: z.object({ release: releaseId }),
    reply: release,
  },
  diff: {
    method: 'GET',
    path: '/api/releases/:release/diff/:other',
    roles: everyone,
    summary: 'What differs between two releases',
    params: z.object({ release: releaseId, other: releaseId }),
    reply: z.object({
      commits: z.array(z.object({ commit: z.string(), subject: z.string() })),
      changes: z.array(z.object({ what: z.string(), before: z.string().nullable(), after: z.string().nullable() })),
    }),
  },
  logs: {
    method: 'GET',
    path: '/api/environments/:environment/logs',
    roles: everyone,
    summary: 'What the replicas print',
    params: z.object({ environment: environmentName }),
    query: z.object({
      service: z.string().optional(),
      replica: z.string().optional(),
      tail: z.coerce.number().int().min(0).max(10_000).default(100),
      follow: z.stringbool().default(false),
    }),
    reply: 'events',
  },
  database: {
    method: 'GET',
    path: '/api/environments/:environment/database',
    roles: admins,
    summary: 'The address of the database of an environment; asking is audited',
    params: z.object({ environment: environmentName }),
    reply: z.object({ url: z.string() }),
  },
  secrets: {
    method: 'GET',
    path: '/api/environments/:environment/secrets',
    roles: everyone,
    summary: 'The names of the secrets, and which are missing; never a value',
    params: z.object({ environment: environmentName }),
    reply: z.array(z.object({ name: z.string(), set: z.boolean(), usedBy: z.array(z.string()) })),
  },
  setSecret: {
    method: 'PUT',
    path: '/api/environments/:environment/secrets/:secret',
    roles: admins,
    summary: 'Set a secret; replicas get it when they next start',
    params: z.object({ environment: environmentName, secret: secretName }),
    body: z.object({ value: z.string().min(1).max(65_536) }),
    reply: z.object({ name: z.string(), set: z.boolean() }),
  },
  notifications: {
    method: 'GET',
    path: '/api/notifications',
    roles: everyone,
    summary: 'What was sent to whom and what could not be, newest first',
    query: z.object({ failed: z.stringbool().default(false), limit: many }),
    reply: z.array(notification),
  },
  testNotifier: {
    method: 'POST',
    path: '/api/notifications/test',
    roles: shippers,
    summary: 'Send a test message, and tell what the receiver answered',
    body: z.object({
      /** All that are described when absent. */
      notifier: z.string().optional(),
      /** Every environment that a notifier is for when absent. */
      environment: environmentName.optional(),
    }),
    reply: z.array(notifierTest),
  },
  tokens: {
    method: 'GET',
    path: '/api/tokens',
    roles: admins,
    summary: 'Every token, without its secret',
    reply: z.array(tokenSummary),
  },
  createToken: {
    method: 'POST',
    path: '/api/tokens',
    roles: admins,
    summary: 'Make a token; its secret is shown this once',
    body: z.object({ name: z.string().min(1).max(80), role, days: z.int().min(1).max(3650).optional() }),
    reply: newToken,
  },
  revokeToken: {
    method: 'DELETE',
    path: '/api/tokens/:token',
    roles: admins,
    summary: 'Revoke a token',
    params: z.object({ token: z.string() }),
    reply: tokenSummary,
  },
  audit: {
    method: 'GET',
    path: '/api/audit',
    roles: everyone,
    summary: 'Who changed what, when and why',
    query: z.object({
      since: z.coerce.number().optional(),
      after: z.coerce.number().int().optional(),
      subject: z.string().optional(),
      limit: z.coerce.number().int().min(1).max(10_000).default(100),
    }),
    reply: z.array(auditRecord),
  },
  auditVerification: {
    method: 'GET',
    path: '/api/audit/verification',
    roles: everyone,
    summary: 'Whether the record is whole',
    reply: auditVerification,
  },
} as const satisfies Record<string, Route>;

export type RouteName = keyof typeof routes;
