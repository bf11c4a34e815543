/** A machine of EC2, as it is sold. */
export interface Machine {
  readonly cpus: number;
  readonly memoryGib: number;
  /** Pods that its network interfaces have addresses for. */
  readonly maxPods: number;
}

/** CPUs by size; the same in every family but the burstable one. */
const cpusBySize: Readonly<Record<string, number>> = {
  medium: 1,
  large: 2,
  xlarge: 4,
  '2xlarge': 8,
  '4xlarge': 16,
  '8xlarge': 32,
  '12xlarge': 48,
  '16xlarge': 64,
};

/** GiB for each CPU by the first letter of the family: compute, general and memory. */
const gibPerCpu: Readonly<Record<string, number>> = { c: 2, m: 4, r: 8 };

const podsBySize: Readonly<Record<string, number>> = {
  medium: 8,
  large: 29,
  xlarge: 58,
  '2xlarge': 58,
  '4xlarge': 234,
  '8xlarge': 234,
  '12xlarge': 234,
  '16xlarge': 737,
};

/** t3, t3a and t4g. */
const burstable: Readonly<Record<string, Machine>> = {
  micro: { cpus: 2, memoryGib: 1, maxPods: 4 },
  small: { cpus: 2, memoryGib: 2, maxPods: 11 },
  medium: { cpus: 2, memoryGib: 4, maxPods: 17 },
  large: { cpus: 2, memoryGib: 8, maxPods: 35 },
  xlarge: { cpus: 4, memoryGib: 16, maxPods: 58 },
  '2xlarge': { cpus: 8, memoryGib: 32, maxPods: 58 },
};

/**
 * What a machine like `m7g.xlarge` is; undefined for one of an unknown kind. Sizes: docs.aws.amazon.com/ec2/latest/instancetypes;
 * pods: eni-max-pods.txt of github.com/awslabs/amazon-eks-ami. Families c, m and r keep these from one generation to the next.
 */
export const machineNamed = (type: string): Machine | undefined => {
  const [, letter = '', size = ''] = /^([a-z])\d[a-z]*\.([a-z0-9]+)$/.exec(type) ?? [];
  if (letter === 't') return burstable[size];
  const cpus = cpusBySize[size];
  const gib = gibPerCpu[letter];
  const maxPods = podsBySize[size];
  if (cpus === undefined || gib === undefined || maxPods === undefined) return undefined;
  return { cpus, memoryGib: cpus * gib, maxPods };
};

/** What machines that may be nodes are known by, for messages. */
export const knownMachines = 'families c, m, r and t with sizes like large or xlarge, such as m7g.xlarge';

/** GiB of memory of an RDS machine like `db.r7g.large`: that of the EC2 machine it is made of. */
export const databaseMemoryGib = (type: string): number | undefined =>
  type.startsWith('db.') ? machineNamed(type.slice('db.'.length))?.memoryGib : undefined;
