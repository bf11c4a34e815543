import { Failure } from '@plumbline/contract/failure';
import type { EnvironmentName, ReleaseId } from '@plumbline/contract/names';
import { type Release, release } from '@plumbline/contract/release';
import { z } from 'zod';
import type { Queries } from '../kernel/database.ts';

export type NewRelease = Omit<Release, 'verifiedIn' | 'liveIn'>;

const select = `
  select r.id, r.content, r.commit, r.branch, r.subject, r.marks, r.checks, r.built_at as "builtAt", r.built_by as "builtBy", r.bytes,
    coalesce((select jsonb_agg(v.environment order by v.at) from plumbline.verified v where v.release = r.id), '[]') as "verifiedIn",
    coalesce((select jsonb_agg(e.name) from plumbline.environments e where e.live = r.id), '[]') as "liveIn"
  from plumbline.releases r`;

/** Keeps a release. The same content built again is the same release: what was known of it first stays, marks that no longer hold go. */
export const keepRelease = async (database: Queries, one: NewRelease): Promise<void> => {
  await database.execute(
    `insert into plumbline.releases (id, content, commit, branch, subject, marks, checks, built_at, built_by, bytes)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     on conflict (id) do update set marks = excluded.marks, checks = excluded.checks,
       commit = coalesce(excluded.commit, releases.commit), branch = excluded.branch, subject = excluded.subject`,
    [
      one.id,
      JSON.stringify(one.content),
      one.commit,
      one.branch,
      one.subject,
      JSON.stringify(one.marks),
      JSON.stringify(one.checks),
      one.builtAt,
      one.builtBy,
      one.bytes,
    ],
  );
};

/** A release by its id. Throws `not-found`. */
export const releaseOf = async (database: Queries, id: ReleaseId): Promise<Release> => {
  const [row] = await database.query(`${select} where r.id = $1`, [id], release);
  if (!row) throw new Failure('not-found', `there is no release ${id}`, { hint: 'plumb releases lists them' });
  return row;
};

/** The newest releases first. */
export const releasesOf = (database: Queries, limit: number): Promise<readonly Release[]> =>
  database.query(`${select} order by r.built_at desc, r.id limit $1`, [limit], release);

/** The release of a commit and stamp that was built last, if there is one. */
export const releaseOfCommit = async (
  database: Queries,
  commit: string,
  stamp: string | null,
): Promise<Release | undefined> => {
  const rows = await database.query(
    `${select} where r.commit = $1 and r.content ->> 'stamp' is not distinct from $2 and not r.marks ? 'dirty' order by r.built_at desc limit 1`,
    [commit, stamp],
    release,
  );
  return rows[0];
};

/** Writes down that the release came through a delivery to the environment whole. */
export const markVerified = async (
  database: Queries,
  id: ReleaseId,
  environment: EnvironmentName,
  at: number,
): Promise<void> => {
  await database.execute(
    `insert into plumbline.verified (release, environment, at) values ($1, $2, $3)
     on conflict (release, environment) do update set at = excluded.at`,
    [id, environment, at],
  );
};

/** The releases that were live in an environment before the present one, the latest first. */
export const formerReleases = async (
  database: Queries,
  environment: EnvironmentName,
): Promise<readonly ReleaseId[]> => {
  const rows = await database.query(
    `select r.id from plumbline.verified v join plumbline.releases r on r.id = v.release
     join plumbline.environments e on e.name = v.environment
     where v.environment = $1 and r.id is distinct from e.live order by v.at desc`,
    [environment],
    z.object({ id: release.shape.id }),
  );
  return rows.map((row) => row.id);
};
