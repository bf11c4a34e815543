import { nearest } from '@plumbline/platform/environments/did-you-mean';

/** `: did you mean "x"?` for the known word that is nearest to what was typed; nothing when none is near. */
export const didYouMean = (typed: string, known: readonly string[]): string => {
  const near = nearest(typed, known);
  return near === undefined ? '' : `: did you mean "${near}"?`;
};
