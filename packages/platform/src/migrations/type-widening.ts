interface Written {
  readonly base: string;
  readonly numbers: readonly number[];
}

const parsed = (type: string): Written => ({
  base: type
    .replace(/\([^)]*\)/, '')
    .replace(/\s+/g, ' ')
    .trim(),
  numbers: [...(/\(([^)]*)\)/.exec(type)?.[1] ?? '').matchAll(/-?\d+/g)].map(Number),
});

const texts = new Set(['character varying', 'character', 'text', 'citext']);

const wider: Readonly<Record<string, readonly string[]>> = {
  smallint: ['integer', 'bigint', 'numeric', 'real', 'double precision'],
  integer: ['bigint', 'numeric', 'double precision'],
  bigint: ['numeric'],
  real: ['double precision'],
  cidr: ['inet'],
};

/** Whether every value of a type is one of the other, and means the same. Types as format_type writes them. Pure. */
export const isWidening = (from: string, to: string): boolean => {
  const [old, now] = [parsed(from), parsed(to)];
  if (texts.has(old.base) && texts.has(now.base))
    return now.numbers[0] === undefined || (old.numbers[0] ?? Number.POSITIVE_INFINITY) <= now.numbers[0];
  if (old.base !== now.base) return wider[old.base]?.includes(now.base) === true && now.numbers.length === 0;
  if (now.numbers.length === 0) return true;
  if (old.numbers.length === 0) return false;
  const [precision = 0, scale = 0] = old.numbers;
  const [newPrecision = 0, newScale = 0] = now.numbers;
  return newScale >= scale && newPrecision - newScale >= precision - scale;
};
