import type { FindingSeverity } from '@plumbline/contract/migration-check';
import type { TracedFile, TracedStatement } from './trace-words.ts';

/** A finding before it is known whether its file accepts it. */
export interface Said {
  readonly id: string;
  readonly severity: FindingSeverity;
  readonly line: number | null;
  readonly message: string;
  readonly fix: string;
}

/** The line of the statement that is about something: the first whose text names all of it, else the first that fits worse. */
export const lineAbout = (file: TracedFile, ...words: readonly string[]): number | null => {
  const bare = words.map((word) => word.split('.').at(-1)?.toLowerCase() ?? word);
  const names = ({ sql }: TracedStatement, wanted: readonly string[]) =>
    wanted.every((word) => sql.toLowerCase().includes(word));
  for (let used = bare.length; used > 0; used--) {
    const found = file.statements.find((statement) => names(statement, bare.slice(0, used)));
    if (found) return found.line;
  }
  return file.statements[0]?.line ?? null;
};

/** Without the schema where that is the usual one. */
export const short = (relation: string): string => relation.replace(/^public\./, '');

/** PostgreSQL's own sentence, without what it adds. */
export const firstLine = (text: string): string => text.split('\n')[0] ?? '';
