import { useSyncExternalStore } from 'react';

export interface User {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: 'lender' | 'builder';
}

export interface Session {
  readonly token: string;
  readonly user: User;
}

const KEY = 'connect2.session';
const listeners = new Set<() => void>();
let current = readStored();

/** Lives as long as the tab: closing it logs out. */
export const currentSession = (): Session | null => current;

export function beginSession(session: Session): void {
  sessionStorage.setItem(KEY, JSON.stringify(session));
  change(session);
}

export function endSession(): void {
  sessionStorage.removeItem(KEY);
  change(null);
}

export const useSession = (): Session | null => useSyncExternalStore(subscribe, currentSession);

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function change(session: Session | null): void {
  current = session;
  for (const tell of listeners) tell();
}

function readStored(): Session | null {
  const stored = sessionStorage.getItem(KEY);
  return stored ? JSON.parse(stored) : null;
}
