import { Link } from 'react-router';
import type { User } from '../sessions/session.ts';
import { type ProjectFilter, statuses } from './projects.ts';

interface Props {
  readonly user: User;
  readonly filter: ProjectFilter;
}

/** Links rather than controls: the address is the filter, so it can be kept, sent, and gone back to. */
export function ProjectFilters({ user, filter }: Props) {
  return (
    <nav className="filters" aria-label="Filter projects">
      <FilterLink to="/" isCurrent={!filter.status && !filter.isFollowed} label="all" />
      {user.role === 'lender' && <FilterLink to="/?followed" isCurrent={filter.isFollowed} label="followed" />}
      {statuses.map((status) => (
        <FilterLink key={status} to={`/?status=${status}`} isCurrent={filter.status === status} label={status} />
      ))}
    </nav>
  );
}

const FilterLink = ({ to, isCurrent, label }: { to: string; isCurrent: boolean; label: string }) => (
  <Link to={to} aria-current={isCurrent ? 'true' : undefined}>
    {label}
  </Link>
);
