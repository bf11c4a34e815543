import type { ProjectStatus } from './projects.ts';

const labels: Record<ProjectStatus, string> = {
  planning: 'Planning',
  active: 'Active',
  paused: 'Paused',
  completed: 'Completed',
};

export const StatusBadge = ({ status }: { status: ProjectStatus }) => (
  <span className={`badge ${status}`}>{labels[status]}</span>
);
