import type { Environment } from '../environments/environment.ts';
import type { Finding } from '../environments/finding.ts';
import { errorAt, type Located } from '../environments/located.ts';
import type { Place } from './renderer.ts';

type One = Located<Environment>;

const dayMs = 86_400_000;

/** Automated backups of RDS, in days (docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.html). */
const backupDays = { least: 1, most: 35 } as const;

/** What CloudWatch Logs takes, in days (docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html). */
const logDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** Whether the cloud can keep backups, logs and disks as it is told. */
export const checkKept = (one: One, place: Place): readonly Finding[] => [
  ...checkBackups(one, place),
  ...checkLogs(one, place),
  ...checkDisk(one, place),
  ...checkCopies(one, place),
];

const checkBackups = (one: One, { settings }: Place): readonly Finding[] => {
  const days = settings.backupRetentionMs / dayMs;
  const { least, most } = backupDays;
  if (days > most)
    return [
      errorAt(
        one,
        ['backup_retention'],
        `backups for ${days} days are more than the ${most} that RDS keeps: for longer there are copies in a backup vault`,
      ),
    ];
  return days < least || !Number.isInteger(days)
    ? [errorAt(one, ['backup_retention'], `backups are kept for whole days, from ${least} to ${most}`)]
    : [];
};

const checkLogs = (one: One, { infrastructure: { logs } }: Place): readonly Finding[] => {
  if (logDays.includes(logs.retentionDays)) return [];
  const next = logDays.find((days) => days > logs.retentionDays);
  return [
    errorAt(
      one,
      ['infrastructure', 'logs', 'retention'],
      `CloudWatch keeps logs for certain numbers of days, of which ${logs.retentionDays} is none: take ${next ?? logDays.at(-1)} days`,
    ),
  ];
};

/** The least that RDS gives PostgreSQL on gp3, in GiB; growing, it must have a tenth to grow by. */
const leastDiskGib = 20;

const checkDisk = (one: One, { infrastructure: { database } }: Place): readonly Finding[] => {
  const { storageGib, maxStorageGib } = database;
  if (storageGib < leastDiskGib)
    return [errorAt(one, ['infrastructure', 'database', 'storage'], `a database has at least ${leastDiskGib}Gi`)];
  return maxStorageGib < 1.1 * storageGib
    ? [
        errorAt(
          one,
          ['infrastructure', 'database', 'max_storage'],
          `max_storage ${maxStorageGib}Gi must be a tenth more than storage ${storageGib}Gi at least`,
        ),
      ]
    : [];
};

const checkCopies = (one: One, { infrastructure: { copiesRegion }, names, settings }: Place): readonly Finding[] => {
  const path = ['infrastructure', 'copies_region'];
  if (copiesRegion === names.region)
    return [errorAt(one, path, `copies in ${copiesRegion} are lost with what they are copies of: name another region`)];
  return settings.disasterRecovery && copiesRegion === null
    ? [
        errorAt(
          one,
          path,
          `"copies_region" is missing: disaster_recovery is enabled, and ${names.region} has no known neighbour`,
        ),
      ]
    : [];
};
