import type { Erratum } from './register.ts';

/** Where the page is, from the repository's root. */
export const pageFile = 'docs/errata.md';

const chapters = [
  'The whole',
  'Overview',
  'Environments',
  'The pipeline',
  'Terraform',
  'Kubernetes',
  'Migrations',
  'Ways to deliver',
  'Observing',
  'Recovery',
  'Runbooks',
  'Performance',
  'Cost',
];

const head = `# Where we differ from the specification

Each row is a mistake of the specification by its id, what there is instead, why, and what keeps the mistake from coming back.
A test whose name begins with the id finds it in the specification's own lines where a program can. \`npm run errata\` counts
them and fails when one is not accounted for.

<!-- Written by \`npm run errata -- --write\` from errata.yaml; change that. -->
`;

/** The register as a page for readers, a table for each chapter of the specification. */
export const errataPage = (register: readonly Erratum[]): string =>
  [head, ...chapters.flatMap((title, chapter) => tableOf(title, register.filter(isOf(chapter))))].join('\n');

const isOf =
  (chapter: number) =>
  ({ id }: Erratum): boolean =>
    id.startsWith(`E${chapter}-`);

const tableOf = (title: string, errata: readonly Erratum[]): readonly string[] =>
  errata.length === 0
    ? []
    : [
        `## ${title}\n`,
        '| id | instead | because | guard |\n| --- | --- | --- | --- |',
        ...errata.map((one) => `| ${[one.id, one.instead, one.because, guardOf(one)].map(inCell).join(' | ')} |`),
        '',
      ];

const inCell = (text: string): string => text.replaceAll('|', '\\|');

const guardOf = (one: Erratum): string => {
  if ('test' in one) return `test: ${link(one.test)}`;
  if ('design' in one) return `by design: ${one.design.map(link).join(', ')}`;
  if ('not_applicable' in one) return `does not apply: ${one.not_applicable}`;
  return `not built yet: chapter ${one.later}`;
};

const link = (path: string): string => `[${path.split('/').slice(-2).join('/')}](../${path})`;
