/** Thousandths of a CPU, as Kubernetes writes them. */
export const cpuQuantity = (millis: number): string => (millis % 1_000 === 0 ? String(millis / 1_000) : `${millis}m`);

const mebibyte = 1024 ** 2;
const gibibyte = 1024 ** 3;

/** Bytes, as Kubernetes writes them: in the largest unit that leaves a whole number. */
export const memoryQuantity = (bytes: number): string => {
  if (bytes % gibibyte === 0) return `${bytes / gibibyte}Gi`;
  if (bytes % mebibyte === 0) return `${bytes / mebibyte}Mi`;
  return String(Math.ceil(bytes));
};

const thousandths = /^(\d+(?:\.\d+)?)(m?)$/;
const amount = /^(\d+(?:\.\d+)?)(Ki|Mi|Gi)?$/;
const bytesIn: Readonly<Record<string, number>> = { Ki: 1024, Mi: mebibyte, Gi: gibibyte };

/** Thousandths of a CPU that a manifest writes; undefined for what is none. */
export const writtenCpuMillis = (written: string | number | undefined): number | undefined => {
  const match = thousandths.exec(String(written));
  return match ? Number(match[1]) * (match[2] === 'm' ? 1 : 1_000) : undefined;
};

/** Bytes that a manifest writes; undefined for what is none. */
export const writtenBytes = (written: string | number | undefined): number | undefined => {
  const match = amount.exec(String(written));
  return match ? Number(match[1]) * (bytesIn[match[2] ?? ''] ?? 1) : undefined;
};
