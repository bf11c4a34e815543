/** One month of a loan. Construction loans bear interest alone until the end, when all is repaid. */
export interface Instalment {
  readonly month: number;
  readonly interestCents: number;
  readonly principalCents: number;
  readonly remainingCents: number;
}

export interface Terms {
  readonly amountCents: number;
  readonly rateBasisPoints: number;
  readonly termMonths: number;
}

/** What is due, month by month. Interest is for a twelfth of a year, rounded to the cent. */
export function scheduleOf({ amountCents, rateBasisPoints, termMonths }: Terms): Instalment[] {
  const interestCents = Math.round((amountCents * rateBasisPoints) / 10_000 / 12);
  return Array.from({ length: termMonths }, (_, index) => {
    const isLast = index === termMonths - 1;
    const principalCents = isLast ? amountCents : 0;
    return { month: index + 1, interestCents, principalCents, remainingCents: isLast ? 0 : amountCents };
  });
}
