import type { Finding } from './finding.ts';
import type { Path, YamlFile } from './yaml-file.ts';

/** What was parsed, with the places of everything in it. */
export interface Located<T> {
  readonly yaml: YamlFile;
  readonly value: T;
}

export const errorAt = ({ yaml }: Located<unknown>, path: Path, message: string): Finding => ({
  severity: 'error',
  message,
  ...yaml.at(path),
});

export const errorAtKey = ({ yaml }: Located<unknown>, path: Path, message: string): Finding => ({
  severity: 'error',
  message,
  ...yaml.keyAt(path),
});

export const warningAt = ({ yaml }: Located<unknown>, path: Path, message: string): Finding => ({
  severity: 'warning',
  message,
  ...yaml.at(path),
});
