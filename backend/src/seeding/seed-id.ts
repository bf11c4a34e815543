import { createHash } from 'node:crypto';

/** The same id for the same name, each time and everywhere, in the form of a version 8 UUID. */
export function idOf(name: string): string {
  const hex = createHash('sha256').update(`connect2 seed ${name}`).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}
