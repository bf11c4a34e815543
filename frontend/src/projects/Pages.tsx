import { Link, useSearchParams } from 'react-router';
import { PAGE_SIZE } from './projects.ts';

/** Leads to the pages before and after this one. Pages count from 0 here and from 1 in the address. */
export function Pages({ page, total }: { page: number; total: number }) {
  const [search] = useSearchParams();
  const last = Math.ceil(total / PAGE_SIZE) - 1;
  if (last <= 0) return null;
  const addressOf = (other: number) => `?${new URLSearchParams([...withoutPage(search), ['page', String(other + 1)]])}`;
  return (
    <nav className="pages" aria-label="Pages">
      {page > 0 ? <Link to={addressOf(page - 1)}>Newer</Link> : <span />}
      <span>
        {page + 1} of {last + 1}
      </span>
      {page < last ? <Link to={addressOf(page + 1)}>Older</Link> : <span />}
    </nav>
  );
}

const withoutPage = (search: URLSearchParams) => [...search].filter(([name]) => name !== 'page');
