import { z } from 'zod';
import type { Database, Transaction } from '../database/database.ts';
import { cents, type Project } from '../projects/projects.ts';
import type { User } from '../sessions/users.ts';

export const newLoan = z.object({
  amountCents: cents,
  /** Hundredths of a percent a year. */
  rateBasisPoints: z.int().min(0).max(5_000),
  termMonths: z.int().min(1).max(360),
});

export const loan = z.object({
  ...newLoan.shape,
  id: z.uuid(),
  projectId: z.uuid(),
  projectName: z.string(),
  borrowerId: z.uuid(),
  borrowerName: z.string(),
  lenderId: z.uuid(),
  lenderName: z.string(),
  createdAt: z.iso.datetime(),
});

export type Loan = z.infer<typeof loan>;

const loans = (database: Database) =>
  database('loans')
    .join('projects', 'projects.id', 'loans.project_id')
    .join('users as borrowers', 'borrowers.id', 'loans.borrower_id')
    .join('users as lenders', 'lenders.id', 'loans.lender_id')
    .select({
      id: 'loans.id',
      projectId: 'loans.project_id',
      projectName: 'projects.name',
      borrowerId: 'loans.borrower_id',
      borrowerName: 'borrowers.name',
      lenderId: 'loans.lender_id',
      lenderName: 'lenders.name',
      amountCents: 'loans.amount_cents',
      rateBasisPoints: 'loans.rate_basis_points',
      termMonths: 'loans.term_months',
      createdAt: 'loans.created_at',
    })
    .orderBy([{ column: 'loans.created_at', order: 'desc' }, 'loans.id'])
    .limit(500);

export async function listProjectLoans(database: Database, projectId: string): Promise<Loan[]> {
  const rows = await loans(database).where('loans.project_id', projectId);
  return rows.map(fromRow);
}

/** What a lender has lent, or a builder borrowed. */
export async function listLoansOf(database: Database, user: User): Promise<Loan[]> {
  const side = user.role === 'lender' ? 'loans.lender_id' : 'loans.borrower_id';
  const rows = await loans(database).where(side, user.id);
  return rows.map(fromRow);
}

/** The borrower is the project's builder. */
export async function insertLoan(
  transaction: Transaction,
  lender: User,
  project: Project,
  terms: z.infer<typeof newLoan>,
): Promise<Loan> {
  const row = {
    project_id: project.id,
    borrower_id: project.builderId,
    lender_id: lender.id,
    amount_cents: terms.amountCents,
    rate_basis_points: terms.rateBasisPoints,
    term_months: terms.termMonths,
  };
  const [inserted] = await transaction('loans').insert(row, ['id', 'created_at']);
  return fromRow({
    ...terms,
    ...{ id: inserted.id, createdAt: inserted.created_at, projectId: project.id, projectName: project.name },
    ...{
      borrowerId: project.builderId,
      borrowerName: project.builderName,
      lenderId: lender.id,
      lenderName: lender.name,
    },
  });
}

function fromRow(row: Record<keyof Loan, unknown> & { createdAt: Date }): Loan {
  return loan.parse({ ...row, amountCents: Number(row.amountCents), createdAt: row.createdAt.toISOString() });
}
