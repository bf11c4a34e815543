type Fields = Readonly<Record<string, unknown>>;

/** The object as it is, and every field of it that somebody reads is noted in `read` by its path, as RFC 6901 has it: `/spec/replicas`. */
export const watched = (value: unknown, read: Set<string>, path = ''): unknown => {
  if (!isObject(value)) return value;
  return new Proxy(value, {
    get(target, key, receiver) {
      const found: unknown = Reflect.get(target, key, receiver);
      if (typeof key === 'symbol' || !Object.hasOwn(target, key)) return found;
      const at = `${path}/${pointer(key)}`;
      read.add(at);
      return watched(found, read, at);
    },
  });
};

/** Paths of all fields, outer before inner; `isOpen`: what is inside of it is not listed. */
export const fieldsOf = (value: unknown, isOpen: (path: string) => boolean, path = ''): readonly string[] => {
  if (!isObject(value) || isOpen(path)) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const at = `${path}/${pointer(key)}`;
    return [at, ...fieldsOf(inner, isOpen, at)];
  });
};

const pointer = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');

const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
