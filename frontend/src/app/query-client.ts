import { QueryClient } from '@tanstack/react-query';
import { Refusal } from './api.ts';

/** Tries again what may go better next time: an answer that refuses stays the same. */
export function createQueryClient(): QueryClient {
  const retry = (failures: number, error: Error) => failures < 3 && !(error instanceof Refusal && error.isFinal);
  return new QueryClient({ defaultOptions: { queries: { retry, staleTime: 15_000 }, mutations: { retry } } });
}
