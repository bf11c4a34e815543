import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { useLiveActivity } from '../activity/live.ts';
import { ReleaseFooter } from '../release/ReleaseFooter.tsx';
import { endSession, type User } from '../sessions/session.ts';
import { Logo } from './Logo.tsx';

interface Props {
  readonly user: User;
  readonly children: ReactNode;
}

export function Layout({ user, children }: Props) {
  const isLive = useLiveActivity();
  return (
    <div className="shell">
      <a className="skip" href="#content">
        Skip to the content
      </a>
      <header className="top">
        <Link to="/" className="brand">
          <Logo /> Connect
        </Link>
        <div className="who">
          <span className={isLive ? 'live' : 'live off'} role="status">
            {isLive ? 'Live' : 'Connecting…'}
          </span>
          <span>
            {user.name} <span className="role">{user.role}</span>
          </span>
          <button type="button" className="quiet" onClick={endSession}>
            Log out
          </button>
        </div>
      </header>
      <main id="content">{children}</main>
      <ReleaseFooter />
    </div>
  );
}
