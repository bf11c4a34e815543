/** Something to say about a described file, at the place where it stands. */
export interface Finding {
  readonly severity: 'error' | 'warning';
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  readonly message: string;
}

/** `environments/staging.yaml:9:1 unknown key "max_replica": did you mean "max_replicas"?` */
export const findingText = ({ file, line, column, severity, message }: Finding): string =>
  `${file}:${line}:${column} ${severity === 'warning' ? 'warning: ' : ''}${message}`;

/** In the order in which a person would mend them: by file, then from top to bottom; plumbline.yaml first. */
export const sortFindings = (findings: readonly Finding[]): readonly Finding[] =>
  [...findings].sort(
    (a, b) =>
      depth(a) - depth(b) ||
      compare(a.file, b.file) ||
      a.line - b.line ||
      a.column - b.column ||
      compare(a.message, b.message),
  );

const depth = ({ file }: Finding): number => file.split('/').length;
const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
