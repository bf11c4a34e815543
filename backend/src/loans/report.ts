import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { Database } from '../database/database.ts';
import type { Api } from '../http/api.ts';
import type { FindVisible } from '../projects/visible.ts';
import { signedIn } from '../sessions/signed-in.ts';
import { type Loan, listProjectLoans } from './loans.ts';
import { scheduleOf } from './schedule.ts';

const pace = z.object({ rowsPerSecond: z.coerce.number().min(1).max(1_000).optional() });

/** The repayment schedule of a project's loans as CSV; slow on request, for readers that cannot take it faster. */
export function reportRoutes(
  api: Api,
  { database, findVisible }: { database: Database; findVisible: FindVisible },
): void {
  api.get('/api/projects/:id/report', {
    schema: { summary: 'What is due, as CSV', params: z.object({ id: z.uuid() }), querystring: pace },
    handler: async (request, reply) => {
      const project = await findVisible(signedIn(request), request.params.id);
      const loans = await listProjectLoans(database, project.id);
      const gone = new AbortController();
      reply.raw.once('close', () => gone.abort());
      return reply
        .header('content-type', 'text/csv; charset=utf-8')
        .header('content-disposition', 'attachment; filename="report.csv"')
        .send(Readable.from(paced(reportLines(loans), request.query.rowsPerSecond, gone.signal)));
    },
  });
}

export function* reportLines(loans: readonly Loan[]): Generator<string> {
  yield 'lender,loan,month,interest,principal,remaining\n';
  for (const loan of loans) {
    for (const { month, interestCents, principalCents, remainingCents } of scheduleOf(loan)) {
      const amounts = [interestCents, principalCents, remainingCents].map((cents) => (cents / 100).toFixed(2));
      yield `${[quote(loan.lenderName), loan.id, month, ...amounts].join(',')}\n`;
    }
  }
}

// A leading sign would make a spreadsheet take a name for a formula.
const quote = (text: string) => `"${text.replace(/^[=+@-]/, "'$&").replaceAll('"', '""')}"`;

async function* paced(
  lines: Iterable<string>,
  perSecond: number | undefined,
  signal: AbortSignal,
): AsyncGenerator<string> {
  for (const line of lines) {
    yield line;
    if (perSecond !== undefined) await delay(1_000 / perSecond, undefined, { signal });
  }
}
