import path from 'node:path';
import type { MigrationCheck, MigrationFinding } from '@plumbline/contract/migration-check';
import { refusing } from '@plumbline/contract/migration-check';
import type { Terminal } from '../terminal.ts';

type Colour = Terminal['colour'];

/** Each finding by place, id and words, and below it the safe way; `folder` is how a person finds the files. */
export const findingsText = (check: MigrationCheck, folder: string, colour: Colour): string => {
  const { findings, files, gaps, sizesKnown } = check;
  const lines = findings.map((finding) => findingText(finding, folder, colour));
  const errors = refusing(check).length;
  const accepted = findings.filter((finding) => finding.accepted !== null).length;
  const summary = `${files.length} files: ${errors} errors, ${findings.filter(({ severity }) => severity === 'warning').length} warnings${accepted > 0 ? `, ${accepted} accepted` : ''}`;
  return [
    ...lines,
    ...gaps.map((gap) => colour.dim(`not seen: ${gap}`)),
    ...(sizesKnown || files.length === 0
      ? []
      : [colour.dim('no environment was looked at: each table is taken for one of 1,000,000 rows')]),
    files.length === 0
      ? 'nothing is pending: nothing to check'
      : errors === 0
        ? colour.green(`safe beside the release that runs: ${summary}`)
        : colour.red(`refused: ${summary}`),
  ].join('\n');
};

const findingText = (finding: MigrationFinding, folder: string, colour: Colour): string => {
  const { id, severity, file, line, message, fix, accepted } = finding;
  const place = `${path.join(folder, file)}${line === null ? '' : `:${line}`}`;
  const paint = { error: colour.red, warning: colour.yellow, notice: colour.dim }[
    accepted === null ? severity : 'notice'
  ];
  const why = accepted === null ? fix.split('\n').map((one) => `    ${one}`) : [`    accepted: ${accepted}`];
  return [
    paint(`${place} ${accepted === null ? severity : 'accepted'} ${id}: ${message}`),
    ...why.map((one) => colour.dim(one)),
  ].join('\n');
};
