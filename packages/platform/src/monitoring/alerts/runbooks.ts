import type { Description } from '../../environments/description.ts';
import { thresholds } from '../thresholds.ts';

/** Where runbooks lie, from the app's folder. */
export const runbookFolder = 'docs/runbooks';

/** Of alerts that are no row of 8.2. */
export const otherRunbooks = { budget: 'error-budget', noData: 'no-data' } as const;

/** Every runbook that an alert names. */
export const runbookSlugs: readonly string[] = [
  ...new Set([...Object.values(thresholds).map(({ runbook }) => runbook), ...Object.values(otherRunbooks)]),
];

/** Those among them that nobody has written yet, given the names of the files that there are. */
export const unwritten = (files: readonly string[]): readonly string[] =>
  runbookSlugs.filter((slug) => !files.includes(`${slug}.md`));

/** What an alert links to: on GitHub where the app is there, else the file. */
export const runbookUrl = ({ repository }: Description, slug: string): string => {
  const file = `${runbookFolder}/${slug}.md`;
  return repository === undefined ? file : `https://github.com/${repository}/blob/main/${file}`;
};
