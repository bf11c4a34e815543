import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { Trouble } from '../app/Trouble.tsx';
import { Waiting } from '../app/Waiting.tsx';
import { atMoment } from '../app/words.ts';
import { activityOf } from './activity.ts';

/** What happened, newest first: to one project, or to all that concern the user. */
export function ActivityFeed({ projectId = null }: { projectId?: string | null }) {
  const { data, error, refetch } = useQuery(activityOf(projectId));
  if (error) return <Trouble error={error} retry={() => void refetch()} />;
  if (!data) return <Waiting for="the activity" />;
  if (data.activity.length === 0) return <p className="empty">Nothing has happened yet.</p>;
  return (
    <ol className="activity" aria-live="polite" aria-relevant="additions">
      {data.activity.map((entry) => (
        <li key={entry.id} className={entry.entityType}>
          <p>
            <strong>{entry.actorName}</strong> {entry.summary}
            {!projectId && (
              <>
                {' '}
                on <Link to={`/projects/${entry.projectId}`}>{entry.projectName}</Link>
              </>
            )}
          </p>
          <time dateTime={entry.at}>{atMoment(entry.at)}</time>
        </li>
      ))}
    </ol>
  );
}
