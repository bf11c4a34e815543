import { z } from 'zod';

/** CPUs, as Kubernetes writes them: `0.5` or `500m`. */
export const cpu = z.union([z.number().positive(), z.string().regex(/^\d+m$/, 'must be CPUs, like 0.5 or 500m')], {
  error: 'must be CPUs, like 0.5 or 500m',
});

/** An amount of memory or disk, as Kubernetes writes it: `512Mi`, `2Gi`. */
export const memory = z.string().regex(/^\d+(\.\d+)?(Ki|Mi|Gi)$/, 'must be like 512Mi or 2Gi');

/** Whole thousandths of a CPU. */
export const cpuMillis = (written: number | string): number =>
  typeof written === 'number' ? Math.round(written * 1000) : Number(written.slice(0, -1));

const bytesOf: Readonly<Record<string, number>> = { Ki: 1024, Mi: 1024 ** 2, Gi: 1024 ** 3 };

/** Whole bytes. */
export const memoryBytes = (written: string): number =>
  Math.round(Number(written.slice(0, -2)) * (bytesOf[written.slice(-2)] ?? 0));
