import { useQuery } from '@tanstack/react-query';
import { Trouble } from '../app/Trouble.tsx';
import { Waiting } from '../app/Waiting.tsx';
import { dollars, onDay, percent } from '../app/words.ts';
import type { Project } from '../projects/projects.ts';
import type { User } from '../sessions/session.ts';
import { LendForm } from './LendForm.tsx';
import { type Loan, loansOn } from './loans.ts';

export function LoansPanel({ project, user }: { project: Project; user: User }) {
  const { data, error, refetch } = useQuery(loansOn(project.id));
  return (
    <section className="card" aria-labelledby="loans-title">
      <div className="heading">
        <h2 id="loans-title">Loans</h2>
        {data && <span className="count">{dollars(sum(data.loans))}</span>}
      </div>
      <Trouble error={error} retry={() => void refetch()} />
      {!data && !error && <Waiting for="the loans" />}
      {data?.loans.length === 0 && <p className="empty">Nobody has lent on this project yet.</p>}
      {data && data.loans.length > 0 && <LoanTable loans={data.loans} />}
      {user.role === 'lender' && <LendForm key={data?.loans.length} projectId={project.id} />}
    </section>
  );
}

const sum = (loans: readonly Loan[]) => loans.reduce((total, { amountCents }) => total + amountCents, 0);

const LoanTable = ({ loans }: { loans: readonly Loan[] }) => (
  <div className="scroll">
    <table>
      <thead>
        <tr>
          <th scope="col">Lender</th>
          <th scope="col" className="number">
            Amount
          </th>
          <th scope="col" className="number">
            Rate
          </th>
          <th scope="col" className="number">
            Term
          </th>
          <th scope="col">Since</th>
        </tr>
      </thead>
      <tbody>
        {loans.map((loan) => (
          <tr key={loan.id}>
            <td>{loan.lenderName}</td>
            <td className="number">{dollars(loan.amountCents)}</td>
            <td className="number">{percent(loan.rateBasisPoints)}</td>
            <td className="number">{loan.termMonths} months</td>
            <td>{onDay(loan.createdAt)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);
