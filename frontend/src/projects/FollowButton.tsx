import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ask } from '../app/api.ts';
import type { SeenProject } from './projects.ts';

export function FollowButton({ project }: { project: SeenProject }) {
  const queryClient = useQueryClient();
  const change = useMutation({
    mutationFn: () => ask(`/api/projects/${project.id}/follow`, { method: project.isFollowed ? 'DELETE' : 'PUT' }),
    onSuccess: () => queryClient.invalidateQueries(),
  });
  return (
    <button type="button" aria-pressed={project.isFollowed} disabled={change.isPending} onClick={() => change.mutate()}>
      {project.isFollowed ? 'Following' : 'Follow'}
    </button>
  );
}
