// Connection failures of Node's sockets, and PostgreSQL's classes 08 (connection), 57P (shutting or starting), 53300 (no slot left).
const AWAY = /^(ECONN|EPIPE|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|08|57P0|53300)/;
const AWAY_MESSAGE = /Connection terminated|timeout expired|Client has encountered a connection error/;

/** Whether the error tells of a database that is not there now, so that trying again later is the right answer. */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof AggregateError) return error.errors.some(isDatabaseAway);
  if ('code' in error && typeof error.code === 'string' && AWAY.test(error.code)) return true;
  return AWAY_MESSAGE.test(error.message);
}

/** Whether the pool had no connection to give in time, or PostgreSQL stopped a statement that took too long. */
export function isDatabaseBusy(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === 'KnexTimeoutError' || ('code' in error && (error.code === '57014' || error.code === '55P03'));
}
