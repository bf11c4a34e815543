import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { ask } from '../app/api.ts';
import { readEvents } from './events.ts';

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 15_000;

/** Follows the activity as it happens, for as long as the component is there, and asks anew for what it changed. */
export function useLiveActivity(): boolean {
  const queryClient = useQueryClient();
  const [isLive, setIsLive] = useState(false);

  useEffect(() => {
    const leaving = new AbortController();
    const refresh = () =>
      void queryClient.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'version' });
    void follow(leaving.signal, setIsLive, refresh);
    return () => leaving.abort();
  }, [queryClient]);

  return isLive;
}

/** Listens until told to leave. A stream that ends is opened again, here or, after a goodbye, at another replica. */
async function follow(leaving: AbortSignal, setIsLive: (isLive: boolean) => void, refresh: () => void): Promise<void> {
  let lastId: string | null = null;
  let retryMs = FIRST_RETRY_MS;
  while (!leaving.aborted) {
    try {
      const headers: Record<string, string> = lastId ? { 'last-event-id': lastId } : {};
      const response = await ask('/api/activity/events', { headers, signal: leaving });
      setIsLive(true);
      retryMs = FIRST_RETRY_MS;
      if (!response.body) return;
      for await (const { id, name } of readEvents(response.body)) {
        lastId = id ?? lastId;
        if (name === 'activity') refresh();
      }
    } catch {
      // Whatever the reason, what helps is to try again; the footer of the list says that it is not live.
      retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
    }
    if (leaving.aborted) return;
    setIsLive(false);
    await pause(retryMs, leaving);
  }
}

function pause(ms: number, leaving: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    leaving.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
