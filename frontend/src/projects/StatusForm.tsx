import { useMutation, useQueryClient } from '@tanstack/react-query';
import { askJson } from '../app/api.ts';
import { Trouble } from '../app/Trouble.tsx';
import { type Project, statuses } from './projects.ts';

export function StatusForm({ project }: { project: Project }) {
  const queryClient = useQueryClient();
  const change = useMutation({
    mutationFn: (status: string) => askJson(`/api/projects/${project.id}`, { method: 'PATCH', json: { status } }),
    onSuccess: () => queryClient.invalidateQueries(),
  });
  return (
    <label className="inline">
      Status
      <select
        value={project.status}
        disabled={change.isPending}
        onChange={(event) => change.mutate(event.target.value)}
      >
        {statuses.map((status) => (
          <option key={status}>{status}</option>
        ))}
      </select>
      <Trouble error={change.error} />
    </label>
  );
}
