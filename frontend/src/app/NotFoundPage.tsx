import { Link } from 'react-router';

export function NotFoundPage() {
  return (
    <section className="card">
      <h1>There is no such page</h1>
      <p>
        <Link to="/">Go to the projects</Link>
      </p>
    </section>
  );
}
