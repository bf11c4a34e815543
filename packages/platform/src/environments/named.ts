/** The entries of a map whose keys are branded names, which `Object.entries` forgets. */
export const namedEntries = <Name extends string, T>(map: Readonly<Record<Name, T>>): readonly (readonly [Name, T])[] =>
  // The keys went through the schema of their names.
  Object.entries<T>(map) as unknown as readonly (readonly [Name, T])[];

/** Whether the word is one of the map's names. */
export const isNamed = <Name extends string>(map: Readonly<Record<Name, unknown>>, word: string): word is Name =>
  Object.hasOwn(map, word);
