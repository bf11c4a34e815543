import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { askJson } from '../app/api.ts';
import { Logo } from '../app/Logo.tsx';
import { Trouble } from '../app/Trouble.tsx';
import { ReleaseFooter } from '../release/ReleaseFooter.tsx';
import { beginSession, type Session } from './session.ts';

export function LogInPage() {
  const logIn = useLogIn();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    logIn.mutate(new FormData(event.currentTarget));
  };

  return (
    <div className="shell">
      <main className="log-in">
        <form className="card" onSubmit={submit}>
          <h1>
            <Logo /> Connect
          </h1>
          <p className="lead">Construction lending, from the first draw to the last.</p>
          <label>
            Email
            <input name="email" type="email" autoComplete="username" required />
          </label>
          <label>
            Password
            <input name="password" type="password" autoComplete="current-password" required />
          </label>
          <Trouble error={logIn.error} />
          <button type="submit" disabled={logIn.isPending}>
            {logIn.isPending ? 'Logging in…' : 'Log in'}
          </button>
        </form>
      </main>
      <ReleaseFooter />
    </div>
  );
}

/** Logs in with what a form holds, and begins the session. */
function useLogIn() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (form: FormData) => {
      const json = { email: form.get('email'), password: form.get('password') };
      return askJson<Session>('/api/session', { method: 'POST', json });
    },
    onSuccess: (session) => {
      // What another user saw in this tab is not for this one.
      queryClient.clear();
      beginSession(session);
    },
  });
}
