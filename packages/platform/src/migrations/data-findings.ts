import type { ValueLoss } from './row-values.ts';
import { waysOf } from './safe-ways.ts';
import { lineAbout, type Said, short } from './said.ts';
import type { TracedFile } from './trace-words.ts';

/** What becomes of the rows that are there. `isNullable` tells whether a column may be NULL. Pure. */
export const dataFindings = (
  file: TracedFile,
  losses: readonly ValueLoss[],
  isNullable: (relation: string, column: string) => boolean,
): readonly Said[] =>
  losses.map((loss) => {
    const table = short(loss.relation);
    const line = lineAbout(file, loss.relation, ...(loss.column === null ? [] : [loss.column]));
    const fix = (id: string) => waysOf(id, { table, column: loss.column ?? '', sql: '', node: {} });
    const isContract = file.phase === 'contract';
    switch (loss.kind) {
      case 'rows-gone':
        return {
          id: 'rows-deleted',
          severity: isContract ? ('warning' as const) : ('error' as const),
          line,
          message: `${share(loss)} rows of ${table} are deleted, and going back to the old release does not bring them back`,
          fix: fix('rows-deleted'),
        };
      case 'values-overwritten-by-one': {
        const mayBeFilling = loss.column !== null && isNullable(loss.relation, loss.column);
        return {
          id: 'values-overwritten',
          severity: mayBeFilling ? ('warning' as const) : ('error' as const),
          line,
          message: `${share(loss)} values of ${table}.${loss.column} are overwritten by one value, also where somebody wrote another`,
          fix: fix('values-overwritten'),
        };
      }
      case 'values-replaced':
        return {
          id: 'values-rewritten',
          severity: 'error' as const,
          line,
          message: `${share(loss)} values of ${table}.${loss.column} become others: the old release reads them as it always has, and writes more of the old kind`,
          fix: fix('values-rewritten'),
        };
      default:
        return loss.kind satisfies never;
    }
  });

const share = ({ lost, of }: ValueLoss): string =>
  lost === of ? 'all' : `about ${Math.round((100 * lost) / of)} % of the`;
