import { z } from 'zod';
import { description } from './description.ts';
import { environment } from './environment.ts';

/** JSON Schemas for editors, by the file that they are kept in. A first line `# yaml-language-server: $schema=…` names them. */
export const editorSchemas = (): Readonly<Record<string, string>> => ({
  'docs/plumbline.schema.json': schemaText(description, 'The app, described once (plumbline.yaml)'),
  'docs/environment.schema.json': schemaText(environment, 'An environment (environments/NAME.yaml)'),
});

const schemaText = (schema: z.ZodType, title: string): string => {
  const json = z.toJSONSchema(schema, { io: 'input', target: 'draft-7' });
  return `${shortLists(JSON.stringify({ title, ...json }, null, 2))}\n`;
};

const longestLine = 120;

/** Lists of plain values on one line where they fit, as the formatter has them. */
const shortLists = (json: string): string =>
  json.replaceAll(/^(.*)\[\n([^[\]{}]*)\n *\](,?)$/gm, (written, before: string, values: string, after: string) => {
    const short = `${before}[${values.trim().replaceAll(/,\n */g, ', ')}]${after}`;
    return short.length <= longestLine ? short : written;
  });
