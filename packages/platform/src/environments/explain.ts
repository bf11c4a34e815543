import { z } from 'zod';
import { suggestion } from './did-you-mean.ts';
import type { Finding } from './finding.ts';
import type { Path, YamlFile } from './yaml-file.ts';

type Issue = z.core.$ZodIssue;

/** What a schema has against a file, in the words of the person who wrote it, each at its place. */
export const explain = (error: z.ZodError, yaml: YamlFile, schema: z.ZodType): readonly Finding[] => {
  const json = jsonSchemaOf(schema);
  return error.issues.flatMap((issue) => explainIssue(issue, [], yaml, json));
};

/** A place in the JSON Schema of a description: just what is needed to know the keys there and what they are for. */
interface Known {
  readonly properties?: Readonly<Record<string, Known>>;
  readonly additionalProperties?: Known | boolean;
  readonly items?: Known;
  readonly anyOf?: readonly Known[];
  readonly oneOf?: readonly Known[];
  readonly description?: string;
  readonly const?: unknown;
}

const jsonSchemas = new WeakMap<z.ZodType, Known>();
const jsonSchemaOf = (schema: z.ZodType): Known => {
  // A JSON Schema is JSON; `Known` names the few of its members that are read, all optional.
  const json = jsonSchemas.get(schema) ?? (z.toJSONSchema(schema, { io: 'input' }) as Known);
  jsonSchemas.set(schema, json);
  return json;
};

const explainIssue = (issue: Issue, around: Path, yaml: YamlFile, known: Known): readonly Finding[] => {
  const path = [...around, ...issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part))];
  const error = (place: { file: string; line: number; column: number }, message: string): Finding => ({
    severity: 'error',
    message,
    ...place,
  });
  if (issue.code === 'unrecognized_keys') {
    const keys = knownKeys(placeIn(known, path, valueAt(yaml.content, path)));
    return issue.keys.map((key) => error(yaml.keyAt([...path, key]), `unknown key "${key}"${suggestion(key, keys)}`));
  }
  const value = valueAt(yaml.content, path);
  if (value === undefined) return [error(yaml.at(path), missing(path, placeIn(known, path)))];
  if (issue.code === 'invalid_key')
    return [error(yaml.keyAt(path), `"${path.at(-1)}" ${claim(issue.issues[0]?.message ?? issue.message)}`)];
  const branch = issue.code === 'invalid_union' ? branchMeant(issue.errors) : undefined;
  if (branch) return branch.flatMap((inner) => explainIssue(inner, path, yaml, known));
  return [error(yaml.at(path), `${nameOf(path)} ${wrong(issue)}${butWas(value, path, issue)}`)];
};

/** The one kind of value that the writer chose: the branch whose complaints lie inside the value, not with its kind. */
const branchMeant = (branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined =>
  branches.find(
    (issues) =>
      issues.length > 0 && issues.every((issue) => issue.path.length > 0 || issue.code === 'unrecognized_keys'),
  ) ?? branches.find((issues) => issues.length > 0 && issues.every((issue) => issue.code === 'invalid_key'));

const missing = (path: Path, known: Known | undefined): string => {
  const purpose = known?.description ? `. ${known.description}` : '';
  return `${nameOf(path)} is missing${purpose}`;
};

const kinds: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map of keys and values',
  record: 'a map of keys and values',
};

const wrong = (issue: Issue): string => {
  if (issue.code === 'invalid_type') return `must be ${kinds[issue.expected] ?? issue.expected}`;
  if (issue.code === 'invalid_value') return `must be ${list(issue.values.map(String))}`;
  if (issue.code === 'too_small' && isDefault(issue))
    return issue.origin === 'string' || issue.origin === 'array'
      ? 'must not be empty'
      : `must be at least ${issue.minimum}`;
  if (issue.code === 'too_big' && isDefault(issue)) return `must be at most ${issue.maximum}`;
  return claim(issue.message);
};

const isDefault = (issue: Issue): boolean => /^(Too|Invalid) /.test(issue.message);

const claim = (message: string): string => (/^(must|is) /.test(message) ? message : `must be ${message}`);

const list = (values: readonly string[]): string =>
  values.length < 2 ? values.join('') : `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`;

/** A value that may be a secret, written out where a reference belongs, is not repeated. */
const butWas = (value: unknown, path: Path, { message }: Issue): string => {
  if (path.includes('secrets') || path.includes('password') || message.includes('never the secret')) return '';
  if (value === null) return ', and nothing is there';
  return typeof value === 'object' ? '' : `, not ${JSON.stringify(value)}`;
};

/** `"replica_count"`, `"smoke[2]"`. */
const nameOf = (path: Path): string => {
  const last = path.findLastIndex((part) => typeof part === 'string');
  if (last < 0) return path.length > 0 ? `entry ${path.join('.')}` : 'the file';
  const indexes = path.slice(last + 1).map((index) => `[${index}]`);
  return `"${path[last]}${indexes.join('')}"`;
};

const valueAt = (content: unknown, path: Path): unknown => {
  let value: unknown = content;
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    // Narrowed to an object that has this very key.
    value = (value as Record<string | number, unknown>)[part];
  }
  return value;
};

/** With the value that stands there, of the kinds of things that it could be only the one that it says it is. */
const placeIn = (known: Known, path: Path, value?: unknown): Known | undefined => {
  let places: readonly Known[] = branches(known);
  for (const part of path) places = places.flatMap((place) => branches(childOf(place, part)));
  places = value === undefined ? places : places.filter((place) => saysSo(place, value));
  const properties = Object.assign({}, ...places.map((place) => place.properties ?? {}));
  return places[0] && { ...places[0], properties };
};

const saysSo = ({ properties = {} }: Known, value: unknown): boolean =>
  Object.entries(properties).every(([key, { const: only }]) => only === undefined || valueAt(value, [key]) === only);

const branches = (known: Known | undefined): readonly Known[] => {
  if (!known) return [];
  const inner = [...(known.anyOf ?? []), ...(known.oneOf ?? [])];
  return inner.length > 0
    ? inner.map((one) => (known.description ? { description: known.description, ...one } : one))
    : [known];
};

const childOf = (place: Known, part: string | number): Known | undefined => {
  if (typeof part === 'number') return place.items;
  const rest = typeof place.additionalProperties === 'object' ? place.additionalProperties : undefined;
  return place.properties?.[part] ?? rest;
};

const knownKeys = (place: Known | undefined): readonly string[] => Object.keys(place?.properties ?? {});
