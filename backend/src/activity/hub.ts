import type { Log } from '../logging/log.ts';
import type { ActivityEntry, Told } from './activity.ts';

export interface Follower {
  readonly userId: string;
  readonly tell: (entry: ActivityEntry) => void;
}

/** Loads entries by their ids, or all after one that was seen last. */
export type LoadTold = (which: { readonly ids: readonly number[] } | { readonly after: number }) => Promise<Told[]>;

/** Brings new entries, written by whichever replica, to those who listen at this one. */
export interface Hub {
  readonly follow: (follower: Follower) => () => void;
  /** An entry of this id was committed. */
  readonly heard: (id: number) => void;
  /** Notifications may have been missed. */
  readonly catchUp: () => void;
}

export function createHub(load: LoadTold, log: Log): Hub {
  const followers = new Set<Follower>();
  const unread = new Set<number>();
  let newest = 0;
  let isReading = false;

  const tellAll = (told: readonly Told[]) => {
    for (const { entry, userIds } of told) {
      newest = Math.max(newest, entry.id);
      for (const { userId, tell } of followers) if (userIds.includes(userId)) tell(entry);
    }
  };

  // Ids stay unread until they are told, so what fails now is tried again with the next one. A burst is one query.
  const readAll = async () => {
    while (unread.size > 0) {
      const ids = [...unread];
      tellAll(await load({ ids }));
      for (const id of ids) unread.delete(id);
    }
  };

  const read = async () => {
    if (isReading) return;
    isReading = true;
    try {
      await readAll();
    } catch (error) {
      log.warn('could not read new activity', { error });
    } finally {
      isReading = false;
    }
  };

  return {
    follow: (follower) => {
      followers.add(follower);
      return () => followers.delete(follower);
    },
    heard: (id) => {
      newest = Math.max(newest, id);
      if (followers.size === 0) return;
      unread.add(id);
      void read();
    },
    catchUp: () => {
      if (newest === 0 || followers.size === 0) return;
      load({ after: newest }).then(tellAll, (error) => log.warn('could not catch up with activity', { error }));
    },
  };
}
