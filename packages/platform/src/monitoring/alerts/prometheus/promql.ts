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

/** Gives a series the label `service`, which both slots of a service share. */
export const byService = (series: string, label: string): string =>
  `label_replace(${series}, "service", "$1", "${label}", "(.+?)${slotSuffix}?")`;

/** Gives a series of a pod the label `workload`: the name of its Deployment, which a pod's name begins with. */
export const byWorkload = (series: string): string =>
  `label_replace(${series}, "workload", "$1", "pod", "(.+)-[^-]+-[^-]+")`;
