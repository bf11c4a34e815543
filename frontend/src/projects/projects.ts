import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { askJson } from '../app/api.ts';

export const statuses = ['planning', 'active', 'paused', 'completed'] as const;

export type ProjectStatus = (typeof statuses)[number];

export interface Project {
  readonly id: string;
  readonly name: string;
  readonly address: string;
  readonly status: ProjectStatus;
  readonly budgetCents: number;
  readonly builderId: string;
  readonly builderName: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export type SeenProject = Project & { readonly isFollowed: boolean };

export interface ProjectFilter {
  readonly status: ProjectStatus | null;
  readonly isFollowed: boolean;
  readonly page: number;
}

export const PAGE_SIZE = 12;

export const projectList = (filter: ProjectFilter) =>
  queryOptions({
    queryKey: ['projects', 'list', filter],
    queryFn: ({ signal }) =>
      askJson<{ projects: Project[]; total: number }>(`/api/projects?${queryOf(filter)}`, { signal }),
    placeholderData: keepPreviousData,
  });

export const oneProject = (id: string) =>
  queryOptions({
    queryKey: ['projects', id, 'project'],
    queryFn: ({ signal }) => askJson<SeenProject>(`/api/projects/${id}`, { signal }),
  });

function queryOf({ status, isFollowed, page }: ProjectFilter): URLSearchParams {
  const query = new URLSearchParams({ limit: String(PAGE_SIZE), offset: String(page * PAGE_SIZE) });
  if (status) query.set('status', status);
  if (isFollowed) query.set('followed', 'true');
  return query;
}
