import { Link } from 'react-router';
import { dollars, onDay } from '../app/words.ts';
import type { Project } from './projects.ts';
import { StatusBadge } from './StatusBadge.tsx';

export const ProjectCard = ({ project }: { project: Project }) => (
  <article className="card project">
    <div className="heading">
      <h3>
        <Link to={`/projects/${project.id}`}>{project.name}</Link>
      </h3>
      <StatusBadge status={project.status} />
    </div>
    <p className="address">{project.address}</p>
    <dl className="facts">
      <div>
        <dt>Budget</dt>
        <dd>{dollars(project.budgetCents)}</dd>
      </div>
      <div>
        <dt>Builder</dt>
        <dd>{project.builderName}</dd>
      </div>
      <div>
        <dt>Begun</dt>
        <dd>{onDay(project.createdAt)}</dd>
      </div>
    </dl>
  </article>
);
