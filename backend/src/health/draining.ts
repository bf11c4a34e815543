/** Whether this process is on its way out. Those who hold connections for long are told, at once if it has begun. */
export interface Draining {
  readonly hasBegun: () => boolean;
  readonly onBegin: (tell: () => void) => () => void;
  readonly begin: () => void;
}

export function createDraining(): Draining {
  const waiting = new Set<() => void>();
  let begun = false;
  return {
    hasBegun: () => begun,
    onBegin: (tell) => {
      if (begun) tell();
      else waiting.add(tell);
      return () => waiting.delete(tell);
    },
    begin: () => {
      begun = true;
      for (const tell of waiting) tell();
      waiting.clear();
    },
  };
}
