/** The known word that is nearest to a mistyped one, if any is near: at most a third of its letters differ. */
export const nearest = (word: string, known: readonly string[]): string | undefined => {
  const near = known
    .map((candidate) => ({ candidate, distance: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, distance }) => distance <= Math.max(1, Math.floor(candidate.length / 3)))
    .sort((a, b) => a.distance - b.distance);
  return near[0]?.candidate;
};

/** `: did you mean "x"?`, or else the list of what is known. */
export const suggestion = (word: string, known: readonly string[]): string => {
  const near = nearest(word, known);
  if (near !== undefined) return `: did you mean "${near}"?`;
  return known.length > 0 ? `; known here: ${known.join(', ')}` : '';
};

const editDistance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      const replaced = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
};
