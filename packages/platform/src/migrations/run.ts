import { text } from 'node:stream/consumers';
import { asFailure } from '../kernel/database-errors.ts';
import { carryOut } from './carry-out.ts';
import { FailedFile, sqlStateOf } from './knex-files.ts';
import { type RunnerEvent, type RunnerOrder, runnerOrder } from './runner-words.ts';

// The runner's process: an app's migrations are loaded here and nowhere else, and end with it.
const order = runnerOrder.parse(JSON.parse(await text(process.stdin)));
const tell = (event: RunnerEvent) => process.stdout.write(`${order.mark}${JSON.stringify(event)}\n`);

try {
  await carryOut(order, tell);
  process.exitCode = 0;
} catch (error) {
  tell(failureOf(error, order));
  process.exitCode = 1;
}

function failureOf(error: unknown, { databaseUrl }: RunnerOrder): RunnerEvent {
  const cause = error instanceof FailedFile ? error.cause : error;
  const told = asFailure(cause, databaseUrl);
  return {
    kind: 'failed',
    file: error instanceof FailedFile ? error.file : null,
    because: brief(told instanceof Error ? told.message : String(told)),
    sqlState: sqlStateOf(cause),
    statement: error instanceof FailedFile && error.statement !== null ? brief(error.statement) : null,
  };
}

/** A line that goes on for ever would be cut, and be JSON no more. */
function brief(words: string): string {
  return words.length > 2_000 ? `${words.slice(0, 2_000)}…` : words;
}
