import { queryOptions } from '@tanstack/react-query';
import { askJson } from '../app/api.ts';

export interface Loan {
  readonly id: string;
  readonly projectId: string;
  readonly borrowerName: string;
  readonly lenderName: string;
  readonly amountCents: number;
  readonly rateBasisPoints: number;
  readonly termMonths: number;
  readonly createdAt: string;
}

export const loansOn = (projectId: string) =>
  queryOptions({
    queryKey: ['projects', projectId, 'loans'],
    queryFn: ({ signal }) => askJson<{ loans: Loan[] }>(`/api/projects/${projectId}/loans`, { signal }),
  });
