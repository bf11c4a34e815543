/** Lets one caller do the work for a key while the others wait for its result. */
export interface SingleFlight {
  run<Result>(key: string, work: () => Promise<Result>): Promise<Result>;
  /** Who comes from now on does not join what is under way: it began before something changed. */
  forget(key: string): void;
}

export function createSingleFlight(): SingleFlight {
  const flights = new Map<string, Promise<unknown>>();
  return {
    run: <Result>(key: string, work: () => Promise<Result>) => {
      // Every flight of a key was begun with the same kind of work, so its result has the caller's type.
      const underWay = flights.get(key) as Promise<Result> | undefined;
      if (underWay) return underWay;
      const flight = work().finally(() => {
        if (flights.get(key) === flight) flights.delete(key);
      });
      flights.set(key, flight);
      return flight;
    },
    forget: (key) => void flights.delete(key),
  };
}
