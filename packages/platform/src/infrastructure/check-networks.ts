import type { Description } from '../environments/description.ts';
import type { Environment } from '../environments/environment.ts';
import type { Finding } from '../environments/finding.ts';
import { errorAt, type Located } from '../environments/located.ts';
import { placesOf } from './places.ts';

/** The largest network that AWS makes, and the smallest that has room for three zones of pods, as lengths of a prefix. */
const prefixes = { largest: 16, smallest: 20 } as const;

/** Networks that could never be joined, or are too small or large (E4-15). */
export const checkNetworks = (app: Description, environments: readonly Located<Environment>[]): readonly Finding[] => {
  const networks = placesOf({ description: app, environments: environments.map(({ value }) => value) }).flatMap(
    ({ names, infrastructure }, index) => {
      const one = environments[index];
      // Defaults follow the path: those of environments on no path would all be the same.
      const isSaid = one?.value.infrastructure.network.cidr !== undefined || app.path.includes(names.environment);
      return one && isSaid ? [{ one, name: names.environment, cidr: infrastructure.network.cidr }] : [];
    },
  );
  return networks.flatMap(({ one, cidr }, index) => {
    const other = networks.slice(0, index).find((before) => overlap(before.cidr, cidr));
    const wrong = (message: string) => errorAt(one, ['infrastructure', 'network', 'cidr'], message);
    const { bits } = rangeOf(cidr);
    if (bits < prefixes.largest || bits > prefixes.smallest)
      return [wrong(`a network is from /${prefixes.largest} to /${prefixes.smallest}, and ${cidr} is not`)];
    return other ? [wrong(`${cidr} has addresses that ${other.name} has already in ${other.cidr}`)] : [];
  });
};

const rangeOf = (cidr: string): { readonly start: number; readonly size: number; readonly bits: number } => {
  const [address = '', bits = ''] = cidr.split('/');
  const size = 2 ** (32 - Number(bits));
  const number = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  return { start: Math.floor(number / size) * size, size, bits: Number(bits) };
};

const overlap = (one: string, other: string): boolean => {
  const [a, b] = [rangeOf(one), rangeOf(other)];
  return a.start < b.start + b.size && b.start < a.start + a.size;
};
