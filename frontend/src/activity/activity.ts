import { queryOptions } from '@tanstack/react-query';
import { askJson } from '../app/api.ts';

export interface ActivityEntry {
  readonly id: number;
  readonly projectId: string;
  readonly projectName: string;
  readonly actorName: string;
  readonly entityType: 'project' | 'loan' | 'document';
  readonly entityId: string;
  readonly summary: string;
  readonly at: string;
}

/** Of one project, or of all that the user builds or follows. */
export const activityOf = (projectId: string | null) =>
  queryOptions({
    queryKey: ['activity', projectId],
    queryFn: ({ signal }) =>
      askJson<{ activity: ActivityEntry[] }>(projectId ? `/api/projects/${projectId}/activity` : '/api/activity', {
        signal,
      }),
  });
