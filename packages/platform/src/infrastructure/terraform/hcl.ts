import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from '@cdktn/hcl2json';
import { z } from 'zod';

const body = z.record(z.string(), z.unknown());
export type Body = z.output<typeof body>;

/** Blocks with one label, such as variables: by label, the bodies of that name. */
const labelled = z.record(z.string(), z.array(body)).default({});
/** Blocks with two labels, such as resources: by type, then by name. */
const twiceLabelled = z.record(z.string(), z.record(z.string(), z.array(body))).default({});

const fileSchema = z.object({
  variable: labelled,
  output: labelled,
  module: labelled,
  provider: labelled,
  resource: twiceLabelled,
  data: twiceLabelled,
  locals: z.array(body).default([]),
  terraform: z.array(body).default([]),
});
type HclFile = z.output<typeof fileSchema>;

/** A block of a module with its labels: `resource` `aws_db_instance` `main`. Expressions are texts, as `${var.name}`. */
export interface Block {
  readonly kind: 'variable' | 'output' | 'module' | 'provider' | 'resource' | 'data' | 'locals' | 'terraform';
  readonly type: string;
  readonly name: string;
  readonly body: Body;
}

/** All blocks of a module's .tf files, in the order of their names. */
export const blocksIn = async (folder: string): Promise<readonly Block[]> => {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.tf')).sort();
  const blocks: Block[] = [];
  for (const file of files) blocks.push(...(await blocksOf(await readFile(join(folder, file), 'utf8'), file)));
  return blocks.sort((a, b) => compare(a.kind, b.kind) || compare(a.type, b.type) || compare(a.name, b.name));
};

/** The blocks of one text. Rejects when it is no HCL. */
export const blocksOf = async (text: string, file: string): Promise<readonly Block[]> => {
  const parsed = fileSchema.parse(await parse(file, text));
  return [
    ...one('variable', parsed),
    ...one('output', parsed),
    ...one('module', parsed),
    ...one('provider', parsed),
    ...two('resource', parsed),
    ...two('data', parsed),
    ...nameless('locals', parsed.locals),
    ...nameless('terraform', parsed.terraform),
  ];
};

const one = (kind: 'variable' | 'output' | 'module' | 'provider', file: HclFile): readonly Block[] =>
  Object.entries(file[kind]).flatMap(([name, bodies]) =>
    bodies.map((inner) => ({ kind, type: '', name, body: inner })),
  );

const two = (kind: 'resource' | 'data', file: HclFile): readonly Block[] =>
  Object.entries(file[kind]).flatMap(([type, named]) =>
    Object.entries(named).flatMap(([name, bodies]) => bodies.map((inner) => ({ kind, type, name, body: inner }))),
  );

const nameless = (kind: 'locals' | 'terraform', bodies: readonly Body[]): readonly Block[] =>
  bodies.map((inner) => ({ kind, type: '', name: '', body: inner }));

const compare = (a: string, b: string): number => Number(a > b) - Number(a < b);
