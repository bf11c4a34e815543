import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import { askJson } from '../app/api.ts';
import { FoldedForm } from '../app/FoldedForm.tsx';
import { useIdempotencyKey } from '../app/idempotency-key.ts';
import type { Project } from './projects.ts';

export function NewProjectForm() {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const keyFor = useIdempotencyKey();
  const begin = useMutation({
    mutationFn: (form: FormData) => {
      const budgetCents = Math.round(Number(form.get('budget')) * 100);
      const json = { name: form.get('name'), address: form.get('address'), budgetCents };
      return askJson<Project>('/api/projects', { method: 'POST', json, idempotencyKey: keyFor(json) });
    },
    onSuccess: async (project) => {
      await queryClient.invalidateQueries({ queryKey: ['projects', 'list'] });
      await navigate(`/projects/${project.id}`);
    },
  });

  return (
    <FoldedForm
      title="Begin a project"
      action="Begin"
      isBusy={begin.isPending}
      error={begin.error}
      onSubmit={begin.mutate}
    >
      <label>
        Name
        <input name="name" maxLength={120} required />
      </label>
      <label>
        Address
        <input name="address" maxLength={200} required />
      </label>
      <label>
        Budget in dollars
        <input name="budget" type="number" min="1" step="0.01" required />
      </label>
    </FoldedForm>
  );
}
