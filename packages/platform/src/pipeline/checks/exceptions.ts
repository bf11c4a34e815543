import type { Exception } from '../../environments/description.ts';

export interface Excuses {
  /** Why a finding is excused; undefined when it is not. */
  reasonFor(id: string): string | undefined;
  /** What is to be said of exceptions that count no more. */
  readonly expired: readonly string[];
}

/** The exceptions for one check that count on the day, which has the form `2027-03-31`; an exception's last day counts. */
export const excusesOf = (exceptions: readonly Exception[], check: Exception['check'], today: string): Excuses => {
  const own = exceptions.filter((one) => one.check === check);
  const valid = new Map(own.filter(({ until }) => until >= today).map((one) => [one.id, one]));
  return {
    reasonFor: (id) => {
      const found = valid.get(id);
      return found && `${id} is excused by ${found.owner} until ${found.until}: ${found.reason}`;
    },
    expired: own
      .filter(({ until }) => until < today)
      .map(({ id, until, owner }) => `the exception of ${owner} for ${id} ended on ${until}`),
  };
};
