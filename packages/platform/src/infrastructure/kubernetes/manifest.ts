import { stringify } from 'yaml';

/** A Kubernetes object, of whatever kind. */
export interface Manifest {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: {
    readonly name?: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

/** `Deployment/connect2-backend-blue`, for messages. */
export const titleOf = ({ kind, metadata }: Manifest): string => `${kind ?? 'object'}/${metadata?.name ?? '?'}`;

/** A file of several objects; the same bytes for the same objects. */
export const yamlOf = (header: string, objects: readonly object[]): string =>
  objects
    .map((one, index) => {
      const text = stringify(one, { lineWidth: 0, aliasDuplicateObjects: false });
      return index === 0 ? `${commented(header)}---\n${text}` : `---\n${text}`;
    })
    .join('');

const commented = (text: string): string =>
  text
    .split('\n')
    .map((line) => `# ${line}\n`)
    .join('');
