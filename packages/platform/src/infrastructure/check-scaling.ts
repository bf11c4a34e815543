import type { Environment } from '../environments/environment.ts';
import type { Finding } from '../environments/finding.ts';
import { errorAt, type Located, warningAt } from '../environments/located.ts';
import { isZone } from '../freezes/zone.ts';
import type { Schedule } from './infrastructure.ts';
import type { Place } from './renderer.ts';

type One = Located<Environment>;
const at = ['infrastructure', 'scaling'] as const;

/** Whether what scales with the load and what scales by the clock agree (E5-8, E12-4), and neither rings alarms (E8-6). */
export const checkScaling = (one: One, place: Place): readonly Finding[] => [
  ...nothingToScale(one, place),
  ...scaledToNothing(one, place),
  ...alwaysWarning(one, place),
  ...(place.infrastructure.scaling.schedule ? checkSchedule(one, place, place.infrastructure.scaling.schedule) : []),
];

const nothingToScale = (one: One, { settings, environment }: Place): readonly Finding[] => {
  if (settings.scaling) return [];
  const { by, cpu_percent, schedule } = environment.infrastructure.scaling;
  if (schedule)
    return [errorAt(one, [...at, 'schedule'], 'a schedule scales nothing while auto_scaling is not enabled')];
  return by === undefined && cpu_percent === undefined
    ? []
    : [warningAt(one, at, 'scaling does nothing while auto_scaling is not enabled')];
};

const scaledToNothing = (one: One, { settings }: Place): readonly Finding[] =>
  settings.scaling?.min === 0
    ? [
        errorAt(
          one,
          ['min_replicas'],
          'min_replicas must be at least 1: what has no replica uses no CPU, and never comes back',
        ),
      ]
    : [];

const alwaysWarning = (one: One, { environment, thresholds }: Place): readonly Finding[] => {
  const percent = environment.infrastructure.scaling.cpu_percent;
  const { warning } = thresholds['cpu-usage'];
  return percent === undefined || warning === undefined || percent < warning
    ? []
    : [
        warningAt(
          one,
          [...at, 'cpu_percent'],
          `replicas are added at ${percent} %, and CPU usage warns above ${warning} %: it would warn of every peak (E8-6)`,
        ),
      ];
};

const checkSchedule = (one: One, { settings, infrastructure }: Place, schedule: Schedule): readonly Finding[] => {
  const findings: Finding[] = [];
  const wrong = (key: string, message: string) => findings.push(errorAt(one, [...at, 'schedule', key], message));
  if (infrastructure.scaling.by === 'hpa')
    findings.push(
      errorAt(one, [...at, 'by'], 'an hpa knows no schedule, and two scalers of one service fight: say keda (E5-8)'),
    );
  if (!isZone(schedule.zone))
    wrong('zone', `there is no time zone "${schedule.zone}", like America/Los_Angeles or UTC`);
  if (schedule.until <= schedule.from)
    wrong('until', `until ${schedule.until} is not after from ${schedule.from} of the same day`);
  if (settings.scaling) findings.push(...checkFloor(one, settings.scaling, schedule.replicas));
  return findings;
};

/** A schedule only ever raises the floor: the most of all that ask for replicas wins. */
const checkFloor = (
  one: One,
  { min, max }: { readonly min: number; readonly max: number },
  replicas: number,
): readonly Finding[] => {
  const path = [...at, 'schedule', 'replicas'];
  if (replicas <= min)
    return [
      errorAt(
        one,
        path,
        `the schedule's ${replicas} replicas are not above min_replicas ${min}: it only raises the floor, so it would do nothing (E12-4)`,
      ),
    ];
  return replicas > max
    ? [errorAt(one, path, `the schedule's ${replicas} replicas are more than max_replicas ${max}`)]
    : [];
};
