import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Failure } from '@plumbline/contract/failure';
import type { EnvironmentName } from '@plumbline/contract/names';
import { z } from 'zod';
import { Secret } from '../kernel/secret.ts';
import { nameOf, referencesOf } from '../monitoring/receivers.ts';
import type { Description } from './description.ts';
import { namedEntries } from './named.ts';

/** A secret that the description refers to. */
export interface NeededSecret {
  readonly name: string;
  /** Bytes of randomness to make it of where it is not set; null: a person has to set it. */
  readonly generateBytes: number | null;
  /** Names of services, of notifiers, and the smoke test. */
  readonly usedBy: readonly string[];
}

/** `jwt` for `secret://jwt`. */
export const secretName = (reference: string): string => reference.replace(/^secret:\/\//, '');

/** Every secret that some service, some notifier or the smoke test uses, by name. */
export const neededSecrets = ({ services, smoke, notify }: Description): readonly NeededSecret[] => {
  const needed = new Map<string, NeededSecret>();
  const need = (name: string, generate: number | undefined, user: string) => {
    const before = needed.get(name);
    const generateBytes = Math.max(before?.generateBytes ?? 0, generate ?? 0);
    needed.set(name, {
      name,
      generateBytes: generateBytes === 0 ? null : generateBytes,
      usedBy: [...(before?.usedBy ?? []).filter((other) => other !== user), user],
    });
  };
  for (const [service, { secrets }] of namedEntries(services))
    for (const written of Object.values(secrets)) {
      const { ref, generate } = typeof written === 'string' ? { ref: written, generate: undefined } : written;
      need(secretName(ref), generate, service);
    }
  for (const one of notify)
    for (const ref of Object.values(referencesOf(one))) need(secretName(ref), undefined, `notify ${nameOf(one)}`);
  for (const name of placeholdersOf(smoke)) need(name, undefined, 'smoke test');
  return [...needed.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
};

const placeholdersOf = (smoke: Description['smoke']): readonly string[] => [
  ...new Set([...JSON.stringify(smoke).matchAll(/\{\{secret:([\w-]+)\}\}/g)].flatMap(([, name]) => name ?? [])),
];

/** Where the agent, which alone writes them, keeps the secrets of a local environment. */
export const localSecretsFile = (home: string, environment: EnvironmentName): string =>
  path.join(home, 'secrets', `${environment}.json`);

/** The secrets of a local environment that are set by now. The file is always whole: it is replaced, never written into. */
export const readLocalSecrets = async (
  home: string,
  environment: EnvironmentName,
): Promise<ReadonlyMap<string, Secret>> => {
  const file = localSecretsFile(home, environment);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '{}';
    throw unreadable(file, error);
  });
  const values = parse(file, text);
  return new Map(Object.entries(values).map(([name, value]) => [name, new Secret(value)]));
};

const parse = (file: string, text: string): Readonly<Record<string, string>> => {
  try {
    return z.record(z.string(), z.string()).parse(JSON.parse(text));
  } catch {
    // The cause would carry a part of the text, and so of a secret.
    throw unreadable(file, undefined);
  }
};

const unreadable = (file: string, cause: unknown): Failure =>
  new Failure('data-unreadable', `the secrets in ${file} cannot be read`, {
    cause,
    hint: 'put the file back from a copy, or move it away and set the secrets anew with `plumb secret set`',
  });
