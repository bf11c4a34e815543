import { z } from 'zod';
import { recordActivity } from '../activity/activity.ts';
import type { Database, Transaction } from '../database/database.ts';
import type { Api } from '../http/api.ts';
import { forbidden } from '../http/problem.ts';
import { create, writeHeaders } from '../http/writes.ts';
import { follow } from '../projects/follows.ts';
import type { FindVisible } from '../projects/visible.ts';
import { signedIn } from '../sessions/signed-in.ts';
import { insertLoan, listLoansOf, listProjectLoans, loan, newLoan } from './loans.ts';

const ofProject = z.object({ id: z.uuid() });
const loanList = z.object({ loans: z.array(loan) });

interface Sources {
  readonly database: Database;
  readonly findVisible: FindVisible;
}

export function loanRoutes(api: Api, sources: Sources): void {
  listRoutes(api, sources);
  lendRoute(api, sources);
}

function listRoutes(api: Api, { database, findVisible }: Sources): void {
  api.get('/api/loans', {
    schema: { summary: 'What the user has lent or borrowed', response: { 200: loanList } },
    handler: async (request) => ({ loans: await listLoansOf(database, signedIn(request)) }),
  });

  api.get('/api/projects/:id/loans', {
    schema: { summary: 'The loans on a project', params: ofProject, response: { 200: loanList } },
    handler: async (request) => {
      const { id } = await findVisible(signedIn(request), request.params.id);
      return { loans: await listProjectLoans(database, id) };
    },
  });
}

function lendRoute(api: Api, { database, findVisible }: Sources): void {
  api.post('/api/projects/:id/loans', {
    schema: { summary: 'Lend', params: ofProject, headers: writeHeaders, body: newLoan, response: { 201: loan } },
    handler: async (request, reply) => {
      const user = signedIn(request);
      if (user.role !== 'lender') throw forbidden('Only lenders make loans.');
      const project = await findVisible(user, request.params.id);
      const work = async (transaction: Transaction) => {
        const made = await insertLoan(transaction, user, project, request.body);
        await follow(transaction, user.id, project.id);
        const deed = { projectId: project.id, entityType: 'loan', entityId: made.id } as const;
        await recordActivity(transaction, user, { ...deed, summary: `lent ${dollars(made.amountCents)}` });
        return made;
      };
      const { body } = await create(database, request, reply, { shape: loan, asked: request.body, work });
      return body;
    },
  });
}

const dollars = (amountCents: number) =>
  new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD', trailingZeroDisplay: 'stripIfInteger' }).format(
    amountCents / 100,
  );
