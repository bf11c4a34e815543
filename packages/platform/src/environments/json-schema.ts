import { z } from 'zod';
import { jsonText } from '../kernel/json-text.ts';
import { description } from './description.ts';
import { environment } from './environment.ts';

/** JSON Schemas for editors, by the file that they are kept in. A first line `# yaml-language-server: $schema=…` names them. */
export const editorSchemas = (): Readonly<Record<string, string>> => ({
  'docs/plumbline.schema.json': schemaText(description, 'The app, described once (plumbline.yaml)'),
  'docs/environment.schema.json': schemaText(environment, 'An environment (environments/NAME.yaml)'),
});

const schemaText = (schema: z.ZodType, title: string): string => {
  const json = z.toJSONSchema(schema, { io: 'input', target: 'draft-7' });
  return jsonText({ title, ...json });
};
