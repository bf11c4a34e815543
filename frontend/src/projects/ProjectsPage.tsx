import { useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'react-router';
import { ActivityFeed } from '../activity/ActivityFeed.tsx';
import { Trouble } from '../app/Trouble.tsx';
import { Waiting } from '../app/Waiting.tsx';
import type { User } from '../sessions/session.ts';
import { NewProjectForm } from './NewProjectForm.tsx';
import { Pages } from './Pages.tsx';
import { ProjectCard } from './ProjectCard.tsx';
import { ProjectFilters } from './ProjectFilters.tsx';
import { type ProjectFilter, projectList, statuses } from './projects.ts';

export function ProjectsPage({ user }: { user: User }) {
  const [search] = useSearchParams();
  const filter = filterFrom(search);
  const { data, error, refetch, isPlaceholderData } = useQuery(projectList(filter));

  return (
    <div className="columns">
      <section aria-labelledby="projects-title">
        <div className="heading">
          <h1 id="projects-title">Projects</h1>
          {data && <span className="count">{data.total}</span>}
        </div>
        {user.role === 'builder' && <NewProjectForm />}
        <ProjectFilters user={user} filter={filter} />
        <Trouble error={error} retry={() => void refetch()} />
        {!data && !error && <Waiting for="the projects" />}
        {data?.total === 0 && <p className="empty">No project is like this.</p>}
        <ul className="cards" aria-busy={isPlaceholderData}>
          {data?.projects.map((project) => (
            <li key={project.id}>
              <ProjectCard project={project} />
            </li>
          ))}
        </ul>
        {data && <Pages page={filter.page} total={data.total} />}
      </section>
      <aside aria-labelledby="activity-title">
        <h2 id="activity-title">Activity</h2>
        <ActivityFeed />
      </aside>
    </div>
  );
}

function filterFrom(search: URLSearchParams): ProjectFilter {
  const status = statuses.find((known) => known === search.get('status')) ?? null;
  const page = Math.max(0, Number(search.get('page') ?? 1) - 1) || 0;
  return { status, isFollowed: search.has('followed'), page };
}
