import { findingText } from '../environments/finding.ts';
import { readDescription } from '../environments/read.ts';
import { appYaml, described, environments } from './descriptions.ts';

/** What is wrong with files, in words. */
export const errors = async (files: Readonly<Record<string, string>>) =>
  (await readDescription(described(files))).findings.filter(({ severity }) => severity === 'error').map(findingText);
/** What they say that a person should know. */
export const warnings = async (files: Readonly<Record<string, string>>) =>
  (await readDescription(described(files))).findings.filter(({ severity }) => severity === 'warning').map(findingText);

/** A text with one thing of it changed, which has to be there. */
export const edited = (text: string, from: string, to: string): string => {
  if (!text.includes(from)) throw new Error(`there is no "${from}" to change`);
  return text.replace(from, to);
};
/** The whole app with one thing of it changed. */
export const app = (from: string, to: string) => ({ 'plumbline.yaml': edited(appYaml, from, to), ...environments });
/** The whole app with one thing of an environment changed. */
export const environment = (name: string, from: string, to: string) => {
  const file = `environments/${name}.yaml`;
  return { 'plumbline.yaml': appYaml, ...environments, [file]: edited(environments[file] ?? '', from, to) };
};
