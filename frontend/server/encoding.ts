import type { Encoding } from './catalogue.ts';

/** The first of what we offer that the client takes; as it is, where it takes none. */
export function chooseEncoding(accepted: string | undefined, offered: readonly Encoding[]): Encoding {
  const refused = /;\s*q=0(\.0+)?\s*$/;
  const names = (accepted ?? '').split(',').filter((part) => !refused.test(part));
  const taken = new Set(names.map((part) => part.split(';')[0]?.trim().toLowerCase()));
  return offered.find((encoding) => taken.has(encoding)) ?? 'identity';
}
