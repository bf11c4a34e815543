import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import { ActivityFeed } from '../activity/ActivityFeed.tsx';
import { Trouble } from '../app/Trouble.tsx';
import { Waiting } from '../app/Waiting.tsx';
import { dollars, onDay } from '../app/words.ts';
import { DocumentsPanel } from '../documents/DocumentsPanel.tsx';
import { LoansPanel } from '../loans/LoansPanel.tsx';
import type { User } from '../sessions/session.ts';
import { FollowButton } from './FollowButton.tsx';
import { oneProject, type SeenProject } from './projects.ts';
import { StatusBadge } from './StatusBadge.tsx';
import { StatusForm } from './StatusForm.tsx';

export default function ProjectPage({ user }: { user: User }) {
  const { id = '' } = useParams();
  const { data: project, error, refetch } = useQuery(oneProject(id));
  if (error) return <Trouble error={error} retry={() => void refetch()} />;
  if (!project) return <Waiting for="the project" />;
  return (
    <>
      <p className="crumb">
        <Link to="/">Projects</Link>
      </p>
      <ProjectHeader project={project} user={user} />
      <div className="columns">
        <div className="stack">
          <LoansPanel project={project} user={user} />
          <DocumentsPanel projectId={project.id} />
        </div>
        <aside aria-labelledby="activity-title">
          <h2 id="activity-title">Activity</h2>
          <ActivityFeed projectId={project.id} />
        </aside>
      </div>
    </>
  );
}

function ProjectHeader({ project, user }: { project: SeenProject; user: User }) {
  return (
    <header className="project-header">
      <div>
        <div className="heading">
          <h1>{project.name}</h1>
          <StatusBadge status={project.status} />
        </div>
        <p className="address">
          {project.address} · {project.builderName} · {dollars(project.budgetCents)} · since {onDay(project.createdAt)}
        </p>
      </div>
      {user.role === 'lender' && <FollowButton project={project} />}
      {user.id === project.builderId && <StatusForm project={project} />}
    </header>
  );
}
