import { Failure } from '@plumbline/contract/failure';
import pg from 'pg';

const lostConnection = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  // admin shutdown, crash shutdown, cannot connect now, too many connections
  '57P01',
  '57P02',
  '57P03',
  '53300',
]);

/** What pg says without a code when a connection goes away under a query, or none is to be had in time. */
const lostConnectionWords =
  /connection terminated|connection error and is not queryable|timeout exceeded when trying to connect|timeout expired|query read timeout|cannot use a pool after calling end/i;

/** A lost connection becomes a Failure that says where PostgreSQL was looked for; every other error stays what it is. */
export const asFailure = (error: unknown, url: string): unknown => {
  if (error instanceof Failure) return error;
  if (!isConnectionLoss(error)) return error;
  const reason = reasonOf(error);
  return new Failure('database-unreachable', `PostgreSQL at ${whereIs(url)} does not answer: ${reason}`, {
    cause: error,
    hint: 'It is tried again by itself. If it stays away: `plumb doctor` tells whether it runs.',
  });
};

export const isConflictOfTransactions = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && (error.code === '40001' || error.code === '40P01');

const isConnectionLoss = (error: unknown): boolean => {
  if (error instanceof AggregateError) return error.errors.some(isConnectionLoss);
  if (!(error instanceof Error)) return false;
  if (error.cause instanceof Error && isConnectionLoss(error.cause)) return true;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return lostConnection.has(code) || code.startsWith('08') || lostConnectionWords.test(error.message);
};

/** An AggregateError of several addresses has no message of its own. */
const reasonOf = (error: unknown): string => {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join('; ');
  return error instanceof Error ? error.message : String(error);
};

/** Host, port and database, without user and password. */
const whereIs = (url: string): string => {
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
};
