import type { Platform } from '@plumbline/contract/platform';
import type { World } from '../world.ts';
import { diffReleases } from './diff.ts';
import { releaseOf } from './release-table.ts';
import { commitsBetween } from './source.ts';

/** What differs between two releases that are kept, and the commits that the second has and the first has not. */
export const diffAnswer =
  ({ database, directory, closing }: World): Platform['diff'] =>
  async ({ release, other }) => {
    const [before, after] = await Promise.all([releaseOf(database, release), releaseOf(database, other)]);
    const commits =
      before.commit && after.commit ? await commitsBetween(directory, before.commit, after.commit, closing) : [];
    return { commits: [...commits], changes: [...diffReleases(before, after)] };
  };
