/** How many of `count` come true when each does with that chance: by the gaps between them, so that what is rare costs little. */
export const successes = (count: number, chance: number, random: () => number): number => {
  if (chance <= 0 || count === 0) return 0;
  if (chance >= 1) return count;
  const perGap = 1 / Math.log1p(-chance);
  let found = 0;
  for (let at = gap(perGap, random); at < count; at += 1 + gap(perGap, random)) found++;
  return found;
};

const gap = (perGap: number, random: () => number): number => Math.floor(Math.log1p(-random()) * perGap);
