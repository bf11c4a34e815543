import { slots } from '@plumbline/contract/shape';

/** `5m`, `6h`, `3d`: the longest unit that fits. */
export const windowOf = (minutes: number): string => {
  if (minutes % 1440 === 0) return `${minutes / 1440}d`;
  return minutes % 60 === 0 ? `${minutes / 60}h` : `${minutes}m`;
};

/** `(a|b)`, for names that hold nothing but letters, digits and dashes. */
export const oneOf = (names: readonly string[]): string => `(${names.join('|')})`;

const slotSuffix = `(-${slots.join('|-')})`;

/** A workload in either slot, or in none. */
export const inAnySlot = (workloads: readonly string[]): string => `${oneOf(workloads)}${slotSuffix}?`;

const longestLine = 100;

const indented = (text: string): string => text.replaceAll(/^/gm, '  ');

/** On one line where it fits, else each part on its own: rules are read by people, in a diff as well. */
const around = (open: string, parts: readonly string[], close: string): string => {
  const line = `${open}${parts.join(', ')}${close}`;
  return line.length <= longestLine && !line.includes('\n')
    ? line
    : `${open}\n${parts.map(indented).join(',\n')}\n${close}`;
};

/** A metric with what its labels have to be. */
export const selected = (metric: string, labels: readonly string[]): string => around(`${metric}{`, labels, '}');

/** `rate(…)`, `sum by (pod) (…)` */
export const of = (what: string, ...parts: readonly string[]): string => around(`${what}(`, parts, ')');

/** Gives a series the label `service`, which both slots of a service share. */
export const byService = (series: string, label: string): string =>
  of('label_replace', series, `"service", "$1", "${label}", "(.+?)${slotSuffix}?"`);

/** Gives a series of a pod the label `workload`: the name of its Deployment, which a pod's name begins with. */
export const byWorkload = (series: string): string =>
  of('label_replace', series, '"workload", "$1", "pod", "(.+)-[^-]+-[^-]+"');
