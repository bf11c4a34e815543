import { z } from 'zod';
import { delivery } from './delivery.ts';
import { deliveryId, environmentName, releaseId } from './names.ts';

/**
 * What people are told of. started: its gates are open, and it begins to change the environment. rollback: somebody asked
 * to go back. going-back: a stage failed or somebody aborted, and what was live comes back. The others are the delivery's
 * states of these names.
 */
export const noticeKinds = [
  'awaiting-approval',
  'held',
  'started',
  'succeeded',
  'failed',
  'aborted',
  'rollback',
  'going-back',
  'stuck',
  'superseded',
] as const;
export const noticeKind = z.enum(noticeKinds);
export type NoticeKind = z.infer<typeof noticeKind>;

/** One thing that happened to a delivery, as receivers of a webhook get it. */
export const notice = z.object({
  /** The same however often it is sent: by it a receiver knows a repetition. */
  id: z.uuid(),
  kind: z.union([noticeKind, z.literal('test')]),
  at: z.number(),
  environment: environmentName,
  delivery: deliveryId.nullable(),
  deliveryKind: delivery.shape.kind.nullable(),
  release: releaseId.nullable(),
  /** What was live before. */
  from: releaseId.nullable(),
  commit: z.string().nullable(),
  subject: z.string().nullable(),
  who: z.string(),
  because: z.string().nullable(),
  /** Where visitors reach the environment, where it has a public address. */
  site: z.url().nullable(),
});
export type Notice = z.infer<typeof notice>;

/** A notice on its way to one receiver. */
export const notification = z.object({
  notice,
  notifier: z.string(),
  state: z.enum(['waiting', 'sent', 'failed']),
  attempts: z.int(),
  /** What the receiver answered, or why it could not be asked. */
  because: z.string().nullable(),
  /** When it is tried next; null when it is not. */
  nextAt: z.number().nullable(),
  endedAt: z.number().nullable(),
});
export type Notification = z.infer<typeof notification>;

/** What a receiver answered to a message that says nothing but that messages arrive. */
export const notifierTest = z.object({
  notifier: z.string(),
  kind: z.string(),
  environment: environmentName,
  arrived: z.boolean(),
  because: z.string(),
});
export type NotifierTest = z.infer<typeof notifierTest>;
