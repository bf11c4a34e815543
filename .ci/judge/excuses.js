import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

const most = 15;

/** Reads the excuses, and says what is wrong with them: they are judged like everything else. */
export function readExcuses(file, today) {
  const excuses = parse(readFileSync(file, 'utf8'))?.excuses ?? [];
  const wrong = excuses.flatMap((one, index) => [
    ...['judge', 'id', 'owner', 'reason', 'expires']
      .filter((key) => !one[key])
      .map((key) => `${file}: excuse ${index + 1} (${one.id}) has no ${key}`),
    ...(String(one.expires) < today ? [`${file}: the excuse of ${one.judge} ${one.id} ended on ${one.expires}`] : []),
  ]);
  if (excuses.length > most) wrong.push(`${file}: ${excuses.length} excuses, and ${most} are the most`);
  return { excuses, wrong };
}

/** The excuse of a finding, if it has one: of the judge and the id, and in the place that it names. */
export const excuseOf = (finding, excuses) =>
  excuses.find(
    (one) =>
      one.judge === finding.judge &&
      one.id === finding.id &&
      (one.in === undefined ||
        [one.in].flat().some((place) => `${finding.file} ${finding.resource ?? ''}`.includes(place))),
  );
