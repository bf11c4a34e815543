import { useMutation, useQueryClient } from '@tanstack/react-query';
import { askJson } from '../app/api.ts';
import { FoldedForm } from '../app/FoldedForm.tsx';
import { useIdempotencyKey } from '../app/idempotency-key.ts';
import type { Loan } from './loans.ts';

export function LendForm({ projectId }: { projectId: string }) {
  const queryClient = useQueryClient();
  const keyFor = useIdempotencyKey();
  const lend = useMutation({
    mutationFn: (form: FormData) => {
      const json = {
        amountCents: Math.round(Number(form.get('amount')) * 100),
        rateBasisPoints: Math.round(Number(form.get('rate')) * 100),
        termMonths: Number(form.get('term')),
      };
      const idempotencyKey = keyFor(json);
      return askJson<Loan>(`/api/projects/${projectId}/loans`, { method: 'POST', json, idempotencyKey });
    },
    onSuccess: () => queryClient.invalidateQueries(),
  });

  return (
    <FoldedForm title="Make a loan" action="Lend" isBusy={lend.isPending} error={lend.error} onSubmit={lend.mutate}>
      <label>
        Amount in dollars
        <input name="amount" type="number" min="1" step="0.01" required />
      </label>
      <label>
        Rate in percent a year
        <input name="rate" type="number" min="0" max="50" step="0.01" defaultValue="7.25" required />
      </label>
      <label>
        Term in months
        <input name="term" type="number" min="1" max="360" defaultValue="18" required />
      </label>
    </FoldedForm>
  );
}
